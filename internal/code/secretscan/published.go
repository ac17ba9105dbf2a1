package secretscan

import (
	"bytes"
	"strings"
)

// stopWords are values that nobody believes in: they stand in documentation and
// tests for "some password". They are compared without digits and signs at the ends.
var stopWords = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`
		password passwd passwort passphrase pass pwd pw passw0rd p@ssw0rd p@ssword pa$$w0rd pa55w0rd secret secrets topsecret supersecret mysecret
		mypassword mypass mytoken mykey my_password my_secret my_token my_key my-password my-secret my-token token tokens
		key apikey api_key api-key access_token accesstoken auth_token private_key secretkey secret_key secret-key
		test tests testing tester testpass testpassword test_password test-password testtoken test_token test-token testsecret test_secret test-secret testkey test_key test-key
		admin administrator root user username guest login email foo bar baz foobar hello world hunter letmein welcome
		string str text value null nil none undefined true false yes no empty default unset required optional
		demo sample mock fake stub abc xyz asdf todo tbd fixme invalid valid wrong wrongpassword incorrect bad badpassword
		new_password newpassword new-password newpass old_password oldpassword old-password current_password currentpassword
		database db postgres postgresql mysql mongo mongodb redis rabbitmq guest minio minioadmin elastic sa
		bearer basic oauth jwt input hidden`) {
		words[word] = true
	}
	return words
}()

// published are credentials, or the beginning or end of credentials, that their
// issuers or a standard print for everybody to read.
var published = [][]byte{
	[]byte("AKIAIOSFODNN7EXAMPLE"), []byte("AKIAI44QH8DHBEXAMPLE"), // Amazon's documentation
	[]byte("wJalrXUtnFEMI"), []byte("je7MtGbClwBF"), // and their other halves
	[]byte("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"), []byte("eyJzdWIiOiIxMjM0NTY3ODkwI"), // jwt.io
	[]byte("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), []byte("eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAs"), // RFC 7515 A.1
	[]byte("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X5fCE9-E5LI"), []byte("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"), // RFC 7515 A.3, RFC 7517 A.2
	[]byte("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"),                                                           // Azure's storage emulator
	[]byte("C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw"),                                   // and database emulator
	[]byte("sk_test_4eC39HqLyjWDarjtT1zdp7dc"), []byte("sk_test_BQokikJOvBiI2HlWgH4olfQ2"), []byte("sk_test_26PHem9AhJZvU623DfE1x4sd"), // Stripe's documentation
	[]byte("QWxhZGRpbjpvcGVuIHNlc2FtZQ"), []byte("QWxhZGRpbjpPcGVuU2VzYW1l"), // Aladdin's, RFC 7617
	[]byte("16C7e42F292c6912E7710c838347Ae178B4a"), // GitHub's documentation
	[]byte("6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr"),   // Vagrant's key for new machines
}

// isPublished says whether b is a credential that everybody may know.
func isPublished(b []byte) bool {
	for _, p := range published {
		if bytes.Contains(b, p) {
			return true
		}
	}
	return false
}
