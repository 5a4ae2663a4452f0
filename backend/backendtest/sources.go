package backendtest

// The addresses of the pages that document rules.
const (
	guide          = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html"
	quotas         = "https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html"
	attributes     = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html"
	caseRules      = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html"
	model          = "https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18/service-2.json"
	wording        = "https://github.com/ks888/LambStatus/issues/6"
	cliHeader      = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/get-csv-header.html"
	cliList        = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-user-import-jobs.html"
	cliCreate      = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-import-job.html"
	cliStart       = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/start-user-import-job.html"
	cliStop        = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/stop-user-import-job.html"
	s3Errors       = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
	s3Put          = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html"
	noFile         = "https://github.com/aws-amplify/amplify-js/issues/6416"
	tooMany        = "https://github.com/aws-solutions/cognito-user-profiles-export-reference-architecture/issues/9"
	cliPool        = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html"
	noPool         = "https://github.com/aws/aws-sdk-go/issues/2436"
	noUser         = "https://github.com/aws/aws-sdk-java/issues/2005"
	userThere      = "https://github.com/localstack/localstack/issues/4465"
	shortBirthdate = "https://github.com/hashicorp/terraform-provider-aws/issues/38197"
	aliasMoves     = "https://repost.aws/knowledge-center/cognito-email-verified-attribute"
	cliAddUser     = "https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/admin-create-user.html"
	groupThere     = "https://github.com/aws-amplify/amplify-backend/issues/1781"
	noGroup        = "https://github.com/aws/aws-aspnet-cognito-identity-provider/issues/85"
	wrongPassword  = "https://github.com/localstack/localstack/issues/3201"
	disabledUser   = "https://github.com/localstack/localstack/issues/8454"
	noContact      = "https://github.com/amazon-archives/amazon-cognito-identity-js/issues/678"
	notInState     = "https://github.com/aws-solutions/distributed-load-testing-on-aws/issues/1"
	signInFlow     = "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html"
	passwordPolicy = "https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html"
	noClient       = "https://github.com/aws-amplify/amplify-js/issues/1442"
	oneWord        = "https://github.com/aws-solutions/cognito-user-profiles-export-reference-architecture/issues/58"
)

// api returns the address of the page about an operation or a data type in the service's API reference.
func api(name string) string {
	return "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_" + name + ".html"
}
