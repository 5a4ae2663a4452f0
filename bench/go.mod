module github.com/cognito-import/importjob/bench

go 1.25.0

require github.com/cognito-import/importjob v0.0.0

require (
	github.com/aws/aws-sdk-go-v2 v1.47.7 // indirect
	github.com/aws/smithy-go v1.28.8 // indirect
)

replace github.com/cognito-import/importjob => ../
