module github.com/cognito-import/importjob

go 1.25.0
