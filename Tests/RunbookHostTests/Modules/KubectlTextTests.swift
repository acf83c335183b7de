import RunbookLua
import RunbookSecrets
import Testing

@testable import RunbookHost

/// The small readers and writers below `kubectl` and `helm`.
@Suite struct KubectlTextTests {
    private func json(_ text: String) -> LuaValue? { JSONReading.value(Array(text.utf8)) }

    @Test(arguments: [
        #"{"a":[1,-2.5,true,null,"x\n\u00e9\ud83d\ude00"],"b":{},"c":[]}"#, "[]", "\"a\"", "12", "{ \"a\" : 1e3 }",
    ]) func jsonIsReadAndWrittenBack(text: String) throws {
        let value = try #require(json(text))
        let again = try #require(json(JSONText.encode(value, pretty: false)))
        #expect(JSONText.encode(again, pretty: false) == JSONText.encode(value, pretty: false))
    }

    @Test func jsonKeepsWhatItShould() throws {
        let value = try #require(json(#"{"a":[1,null,"\ud83d\ude00"],"gone":null,"big":9007199254740993}"#))
        #expect(value["a"].listValue?[0].integerValue == 1)
        #expect(value["a"].listValue?[2].stringValue == "😀")
        #expect(value["gone"].isNil)
        #expect(value["big"].integerValue == 9_007_199_254_740_993)
    }

    @Test(arguments: ["", "{", "[1,", "{\"a\"}", "{\"a\":1}x", "nul", "\"a", "[1 2]", "{a:1}", "\"\\x\""])
    func whatIsNoJSONIsNothing(text: String) {
        #expect(json(text) == nil)
    }

    @Test func aFieldIsFoundWithoutReadingTheRest() {
        func slice(_ text: String) -> String? {
            JSONReading.slice(of: "items", in: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(slice(#"{"a":{"items":[1]},"b":"\"items\":2","items": [{"x":"]}"},2] ,"z":1}"#) == #"[{"x":"]}"},2]"#)
        #expect(slice(#"{"items":[]}"#) == "[]")
        #expect(slice(#"{"a":"items","b":1}"#) == nil)
        #expect(slice(#"{"items":"a,b","c":1}"#) == #""a,b""#)
        #expect(slice("[]") == nil)
    }

    @Test func differencesGoFieldByField() throws {
        let old = try #require(
            json(
                #"{"spec":{"replicas":2,"containers":[{"name":"a","image":"x:1"},{"name":"b"}],"args":["p","q"],"empty":{}}}"#
            ))
        let new = try #require(
            json(
                #"{"spec":{"replicas":2.0,"containers":[{"name":"b","tty":true},{"name":"a","image":"x:2"}],"args":["p"],"a.b/c":"two words"}}"#
            ))
        #expect(
            FieldDifference.lines(from: old, to: new) == [
                "spec[a.b/c]  (none) → \"two words\"", "spec.args[1]  q → (none)",
                "spec.containers[a].image  x:1 → x:2",
                "spec.containers[b].tty  (none) → true",
            ])
        #expect(FieldDifference.lines(from: old, to: old).isEmpty)
    }

    @Test(arguments: [
        ("deploy/a", "deployment/a"), ("po", "pod"), ("ingresses/x", "ingress/x"), ("networkpolicies", "networkpolicy"),
        ("deployments.apps/a", "deployment/a"), ("Deployment/a", "deployment/a"), ("secrets", "secret"),
        ("endpoints/a", "endpoints/a"),
    ]) func kindsHaveOneName(text: String, full: String) {
        #expect(ResourceNames.object(text) == full)
    }

    @Test(arguments: [
        ("250m", 0.25), ("2", 2), ("1.5", 1.5), ("128Mi", 134_217_728), ("1500000000n", 1.5), ("1e3", 1000),
        ("1k", 1000),
    ])
    func quantitiesAreNumbers(text: String, number: Double) {
        #expect(abs((Quantity.number(text) ?? -1) - number) < 1e-9)
    }

    @Test func encodedSecretsAreOpenedByTheVaultOnly() throws {
        let vault = SecretVault()
        let secret = SensitiveText(vault.load(name: "S", text: "a\"b\\\n\u{1}ä"))
        let text = SensitiveText("x") + secret
        #expect(text.encoded(as: .jsonString).description == "x‹secret S›")
        #expect(
            String(decoding: try vault.reveal(text.encoded(as: .jsonString)), as: UTF8.self) == #"xa\"b\\\n\u0001ä"#)
        #expect(try vault.reveal(text.encoded(as: .base64)) == Array(Base64Text.encode("xa\"b\\\n\u{1}ä".utf8).utf8))
        #expect(text.encoded(as: .base64).secrets == secret.secrets)
        #expect(SensitiveText("ab").encoded(as: .base64).plainBytes == Array("YWI=".utf8))
        let binary = SensitiveText(vault.load(name: "B", value: [0xFF, 0x00]))
        #expect(try vault.reveal(binary.encoded(as: .base64)) == Array("/wA=".utf8))
        #expect(throws: SecretError.notText(name: "B")) { try vault.reveal(binary.encoded(as: .jsonString)) }
    }

    @Test func whatIsWrittenDownOfASecretIsItsMaskOnly() {
        let vault = SecretVault()
        vault.load(name: "S", text: "hunter2-hunter2")
        for other in ["hunter3", #"{"token":"hunter3"}"#, #"{"items":[{"token":"hunter3"}]}"#] {
            #expect(SecretObjects.masked(Array(other.utf8), vault.redactor) == [])
        }
        let output =
            #"{"kind":"List","items":[{"kind":"Secret","metadata":{"name":"s","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"x"}},"data":{"A":"aHVudGVyMi1odW50ZXIy","B":"dW5rbm93bg=="}},{"kind":"Pod"}]}"#
        #expect(
            String(decoding: SecretObjects.masked(Array(output.utf8), vault.redactor), as: UTF8.self)
                == #"{"kind":"List","items":[{"kind":"Secret","metadata":{"name":"s","annotations":{}},"data":{"A":"‹secret S›","B":"‹masked›"}},{"kind":"Pod"}]}"#
        )
    }

    @Test func outputThatIsASecretStaysInTheVault() async throws {
        let vault = SecretVault()
        let folder = NoPlace.folder
        let world = LiveWorld(
            settings: LiveWorld.Settings(folder: folder, environment: ["PATH": "/usr/bin:/bin"], privateFolder: folder),
            vault: vault, prompts: NoPlace(), http: NoPlace())
        let result = try await world.read(Command(["printf", "hidden"], secretOutput: "out"))
        #expect(result.stdout.isEmpty)
        #expect(try vault.reveal(try #require(result.secretOutput)) == Array("hidden".utf8))
    }
}

private struct NoPlace: Prompter, HTTPSender {
    static let folder = "/tmp"
    func ask(_ prompt: Prompt) async throws -> String { throw RunbookError(.declined, prompt.text) }
    func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer { throw RunbookError(.io, call.url) }
}
