import RunbookSecrets
import Testing

@Suite(".env: errors, lines and classes")
struct DotEnvTests {
    private func errorText(_ input: String, _ interpolation: DotEnv.Interpolation = .off) -> String? {
        do {
            _ = try DotEnv.parse(Array(input.utf8), file: "deploy/.env", interpolation: interpolation)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("Each error says where it is and what to do, exactly")
    func texts() throws {
        #expect(
            errorText("TOKEN_hunter2")
                == "deploy/.env:1: no `=` after the name: write NAME=value, and quote a value that has several lines")
        #expect(errorText("A=1\n=hunter2") == "deploy/.env:2: nothing before the `=`: write NAME=value")
        #expect(
            errorText("a-b=hunter2")
                == "deploy/.env:1: not a variable name: use letters, digits and underscores, and begin with no digit")
        #expect(
            errorText("A=hunter2\nA=hunter3") == "deploy/.env:2: the name is already set on line 1: keep one of the two"
        )
        #expect(
            errorText("A=\"hunter2")
                == "deploy/.env:1: the quote that begins here is not closed: close it, or quote the other way")
        #expect(
            errorText("A='hunter2'x")
                == "deploy/.env:1: text after the closing quote: put the whole value in quotes, or a blank before a # comment"
        )
        #expect(
            errorText("A=\"hunter\\2\"")
                == #"deploy/.env:1: unknown escape in double quotes: use \n \r \t \\ \" or \$, or single quotes, where a backslash is literal"#
        )
        #expect(
            errorText("A=hunter\02") == "deploy/.env:1: there is a NUL byte: remove it; binary values belong in base64")
        #expect(
            errorText("A=hunter\r2")
                == "deploy/.env:1: there is a carriage return without a line feed: save the file with LF line ends, or write \\r in double quotes"
        )
        #expect(
            errorText("# class: hunter2")
                == "deploy/.env:1: unknown class: write `# class: secret` or `# class: config`")
        let on = DotEnv.Interpolation.on { _ in nil }
        #expect(
            errorText("A=${hunter2:-x}", on)
                == #"deploy/.env:1: not a reference: write ${NAME}, or \$ in double quotes for a dollar"#)
        #expect(
            errorText("A=${hunter2}", on)
                == "deploy/.env:1: a reference names nothing that is set: set it on an earlier line")
        let error = #expect(throws: DotEnvError.self) { try DotEnv.parse([0x41, 0x3d, 0xff], file: "deploy/.env") }
        #expect(error?.description == "deploy/.env:1: the line is not UTF-8: save the file as UTF-8")
    }

    @Test("No error shows any part of the file", arguments: DotEnvTableTests.quoting + DotEnvTableTests.files)
    func silent(_ row: DotEnvRow) {
        guard row.problem != nil else { return }
        let canary = Array("hunter2".utf8)
        let input = row.input.flatMap { $0 == UInt8(ascii: "v") ? canary : [$0] }
        let error = #expect(throws: DotEnvError.self) { try DotEnv.parse(input, file: "f") }
        for text in [error?.description, error.map { "\($0)" }, error.map { String(reflecting: $0) }] {
            #expect(text?.contains("hunter") == false)
        }
    }

    @Test("Lines count from 1, over comments and values of several lines")
    func lines() throws {
        let entries = try DotEnv.parse(Array("# c\n\nA=1\nB=\"x\ny\"\r\n\nC='\n\n'\nD=4".utf8), file: "f")
        #expect(entries.map(\.line) == [3, 4, 7, 10])
    }

    @Test("A comment classes the next name; a blank line ends its reach")
    func classes() throws {
        let text = """
            # class: config
            # why it is
            API_TOKEN=abc
            # class: secret
            PORT=8080
            # class: config

            PASSWORD=x
            PORT2=1
            """
        let entries = try DotEnv.parse(Array(text.utf8), file: "f")
        #expect(entries.map(\.classification) == [.config, .secret, .secret, .secret])
        #expect(entries.map(\.isClassifiedByComment) == [true, true, false, false])
    }

    @Test("A value that refers to a secret is a secret")
    func taint() throws {
        let text = "DB_PASSWORD=x\nLINE_NAME=p-${DB_PASSWORD}\nB_HOST=${C_HOST}\nD_HOST=${API_KEY}\n"
        let entries = try DotEnv.parse(Array(text.utf8), file: "f", interpolation: .on { Array("v-\($0)".utf8) })
        #expect(entries.map(\.classification) == [.secret, .secret, .config, .secret])
    }

    @Test("An entry shows its value nowhere")
    func opaque() throws {
        let entry = try #require(try DotEnv.parse(Array("A=hunter2".utf8), file: "f").first)
        var dumped = ""
        dump(entry, to: &dumped)
        for text in ["\(entry)", String(reflecting: entry), "\([entry])", dumped] { #expect(!text.contains("hunter")) }
        #expect("\(entry)" == "A (line 1, secret)")
    }
}

@Suite("Credential heuristics")
struct CredentialHeuristicsTests {
    private func finding(_ name: String, _ value: String) -> CredentialHeuristics.Finding? {
        CredentialHeuristics.finding(name: name, value: Array(value.utf8))
    }

    @Test(
        "These look like credentials",
        arguments: [
            ("DB_PASSWORD", "x", "its name contains PASSWORD"),
            ("PGPASSWORD", "12345678", "its name contains PGPASSWORD"),
            ("API_KEY", "abc", "its name contains KEY"),
            ("DATABASE_URL", "sqlite:///x", "its name contains DATABASE_URL"),
            ("CACHE", "redis://:pw@cache:6379", "its value has the form of a credential (url-password)"),
            ("X", "AKIAIOSFODNN7EXAMPLE", "its value has the form of a credential (aws-access-key-id)"),
            ("X", "sk-proj-aaaaaaaaaaaa", "its value begins like the key of a service"),
            ("THING", "f3Kq9zXw1Lm7Vb2Nc8Rt5Yd0", "its value looks random"),
            ("THING", "9f86d081884c7d659a2feaa0c55ad015", "its value looks random"),
        ])
    func credentials(name: String, value: String, reason: String) {
        #expect(finding(name, value)?.description == reason)
        #expect(CredentialHeuristics.looksLikeCredential(name: name, value: Array(value.utf8)))
    }

    @Test(
        "These do not",
        arguments: [
            ("PORT", "8080"), ("MAX_TOKENS", "4096"), ("TOKEN_TTL", "3600"), ("USE_TOKEN", "true"),
            ("PASSWORD_FILE", "/run/secrets/pw"), ("NEXT_PUBLIC_API_URL", "http://localhost:8000"), ("API_KEY", ""),
            ("PUBLIC_KEY", "abc"), ("IMAGE_DIGEST", "9f86d081884c7d659a2feaa0c55ad015"),
            ("MOTTO", "the quick brown fox"),
            ("NAME", "todo-chatbot-backend-service-1"), ("URL", "http://h:80/p?email=a@b.c"),
        ])
    func settings(name: String, value: String) {
        #expect(finding(name, value) == nil)
    }

    @Test("A name that says nothing is classed as a secret, a name of configuration as config")
    func classification() {
        func classify(_ name: String, _ value: String) -> DotEnv.Classification {
            CredentialHeuristics.classification(name: name, value: Array(value.utf8))
        }
        #expect(classify("THING", "x") == .secret)
        #expect(classify("BETTER_AUTH_SECRET", "x") == .secret)
        #expect(classify("BETTER_AUTH_URL", "http://localhost:3000") == .config)
        #expect(classify("API_KEY", "") == .secret)
        #expect(classify("LOG_LEVEL", "info") == .config)
        #expect(classify("TOKEN_TTL", "60") == .config)
        #expect(classify("NEXT_PUBLIC_THING", "x") == .config)
        #expect(classify("REDIS_URL", "redis://:pw@h") == .secret)
    }
}
