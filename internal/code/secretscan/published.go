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
	[]byte("16C7e42F292c6912E7710c838347Ae178B4a"),                                                                     // GitHub's documentation
	[]byte("6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr"),                                                                       // Vagrant's key for new machines
	[]byte("Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD5"), []byte("AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUr"), // RFC 7515 A.2, A.4
	[]byte("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr"), []byte("X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-"), // RFC 7515 A.1, RFC 7517 A.2
	[]byte("bWUC9B-EFRIo8kpGfh0ZuyGPvMNKvYWNtB_ikiH9k20"), []byte("AAhRON2r9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56K"), // RFC 7520 §3.4, §3.2
	[]byte("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"),                                             // RFC 8037 A.1
	[]byte("sPnoGUOnrpiSqt4XynxA+HRP7S+BSObI6qJ7fQAVSPt"), []byte("IObLW92AqkWunJXowVR2Z5/+yVPBaFHn"), // RFC 9500 §2.1, §2.3
	[]byte("DiVjMo36v2gYhga5EyQoHB1YpEVkMbCdUQs1/syfMHyh"), []byte("2STcygqIf42Zdno32HTmN6Esy0d9bghmU1ZpTWi3ZV5Qa"), // RFC 9500 §2.3
	[]byte("wlmdsWtjHJCigAMKwnpUOS4zI1AiLH8eTXk2T"),                                                         // Go, net/http/internal/testcert
	[]byte("C7VJTUt9Us8cKj"), []byte("nzyis1ZjfNB0bBgKFMSvvkTtwlvBsaJq7S5wA"), []byte("evZzL1gdAFr88hb2OF"), // the keys of jwt.io
	[]byte("MTk4NjIyNDgzNDcxOTI1MjQ4"),                                                   // Discord's reference
	[]byte("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa"), []byte("AAFD39kkdpWt3ywyRZergyOLMaJha"), // Telegram's documentation of bots
	[]byte("DaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"), []byte("TwL2iGABf9DHoTf-09kqeF8tAmb"), // Google's and SendGrid's documentation
	[]byte("GFPYYSJZGFPYYSJZGFPYYSJZ"),                                                                               // age's documentation and tests
	[]byte("QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqj"),                                                              // BIP 32, test vector 1
	[]byte("vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935k"),                                                        // NIP-19
	[]byte("HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),                                                     // the Bitcoin wiki
	[]byte("snoPBrXtMeMyMHUVTgbuqAfg1SUTb"),                                                                          // xrpl.org: the seed of the first account
	[]byte("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5e"), []byte("59c6995e998f97a5a0044966f0945389dc9e86dae88c"), // Hardhat's first accounts
	[]byte("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870"), []byte("4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9"), // and Ganache's
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
