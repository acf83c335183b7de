import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `http`: requests, waiting for an answer, load.
enum HTTPModule {
    static let module = LuaModule(
        "http", summary: "HTTP requests, waiting for an answer, load", [request, get, waitUntil, load])

    private static let answer = ReturnSpec(
        .record([
            .required("status", .integer, "the status code"), .required("body", .string, "the body"),
            .required("headers", .map(.string), "the headers, names in lower case"),
            .required("ms", .number, "how long it took"),
            ParameterSpec("json", .any, "the body, when it is JSON"),
        ]))

    private static let options: [ParameterSpec] = [
        ParameterSpec("headers", .map(.text), "headers; a value may be a secret"),
        ParameterSpec("timeout", .duration, default: "\"30s\"", "how long the whole exchange may take"),
        ParameterSpec("check", .boolean, default: "true", "false: a status of 400 and above is no error"),
    ]

    private static let request = ModuleFunction(
        FunctionSpec(
            "request", summary: "Send a request",
            details:
                "GET, HEAD and OPTIONS are reads; any other method is a write, which a preview only shows, unless `read = true`.",
            effect: .write,
            parameters: [
                .required("url", .string, "the address"),
                ParameterSpec(
                    "method", .enumeration(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]),
                    default: "\"GET\"", "the method"),
                ParameterSpec("body", .text, "the body"),
                ParameterSpec("json", .any, "a value to send as JSON; secrets may stand in it"),
                ParameterSpec("read", .boolean, default: "false", "true: it changes nothing, so a preview sends it"),
            ] + options, returns: answer,
            examples: [
                ExampleSpec(
                    "local r = http.request { url = \"http://127.0.0.1:1/x\", method = \"POST\", json = { a = 1 } }")
            ])
    ) { arguments, call in
        let method = arguments.optionalString("method") ?? "GET"
        var body = arguments.text("body")
        var headers = arguments.texts("headers")
        if arguments.has("json") {
            body = try SensitiveJSON.encode(arguments["json"])
            if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                headers.append(("content-type", "application/json"))
            }
        }
        let request = HTTPCall(
            method: method, url: arguments.string("url"), headers: headers, body: body,
            timeout: arguments.duration("timeout") ?? .seconds(30))
        if ["GET", "HEAD", "OPTIONS"].contains(method) || arguments.boolean("read") {
            return try await send(request, arguments, call)
        }
        let change = Change(.run, "request", "\(method) \(request.url)", capability: "http")
        guard case .http(let answer)? = try await call.write(.http(request), change) else {
            return call.unknown("answer")
        }
        return try value(answer, request, arguments)
    }

    private static let get = ModuleFunction(
        FunctionSpec(
            "get", summary: "Send a GET request", effect: .read, style: .positional,
            parameters: [
                .required("url", .string, "the address"), ParameterSpec("options", .record(options), "options"),
            ],
            returns: answer,
            examples: [ExampleSpec("local page = http.get(\"http://127.0.0.1:1/health\", { timeout = \"2s\" })")])
    ) { arguments, call in
        let options = arguments.record("options") ?? Arguments(function: "http.get", values: [:])
        let request = HTTPCall(
            url: arguments.string("url"), headers: options.texts("headers"),
            timeout: options.duration("timeout") ?? .seconds(30))
        return try await send(request, options, call)
    }

    private static func send(_ request: HTTPCall, _ arguments: Arguments, _ call: CallContext) async throws -> LuaValue
    {
        guard case .http(let answer) = try await call.world.perform(.read(.http(request))) else { return .nil }
        return try value(answer, request, arguments)
    }

    private static func value(_ answer: HTTPAnswer, _ request: HTTPCall, _ arguments: Arguments) throws -> LuaValue {
        if answer.status >= 400 && arguments.boolean("check", default: true) {
            throw RunbookError(
                .command, "\(request.method) \(request.url) answered \(answer.status)",
                details: OutputLines.last(5, of: Array(answer.body.prefix(2000))), exit: answer.status)
        }
        var fields = LuaTable(fields: [
            "status": .integer(Int64(answer.status)), "ms": .number(answer.milliseconds),
            "body": String(validating: answer.body, as: UTF8.self).map { .string($0) } ?? .bytes(answer.body),
            "headers": .table(
                LuaTable(
                    Dictionary(answer.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
                        .sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) })),
        ])
        let isJSON = answer.headers.contains { $0.name == "content-type" && $0.value.contains("json") }
        if isJSON && JSONShape.isComplete(answer.body) { fields["json"] = .json(answer.body) }
        return .table(fields)
    }

    private static let waitUntil = ModuleFunction(
        FunctionSpec(
            "wait_until", summary: "Ask again and again until an address answers as wanted",
            details: "A preview asks once and does not wait.", effect: .read,
            parameters: [
                .required("url", .string, "the address"),
                ParameterSpec("status", .bounded(100...599), default: "200", "the status wanted"),
                ParameterSpec("contains", .string, "a text that the body must hold"),
                ParameterSpec("timeout", .duration, default: "\"60s\"", "how long to go on"),
                ParameterSpec("interval", .duration, default: "\"1s\"", "the wait between two tries"),
                ParameterSpec("headers", .map(.text), "headers; a value may be a secret"),
            ], returns: answer,
            examples: [
                ExampleSpec(
                    "http.wait_until { url = \"http://127.0.0.1:1/health\", contains = \"ok\", timeout = \"1m\" }")
            ])
    ) { arguments, call in
        let limit = arguments.duration("timeout") ?? .seconds(60)
        let interval = arguments.duration("interval") ?? .seconds(1)
        let wanted = arguments.integer("status") ?? 200
        let request = HTTPCall(
            url: arguments.string("url"), headers: arguments.texts("headers"), timeout: min(limit, .seconds(10)))
        let start = try await call.world.now()
        var last = "no answer"
        while true {
            do {
                if case .http(let answer) = try await call.world.perform(.read(.http(request))) {
                    let text = arguments.optionalString("contains")
                    let holds = text.map { String(decoding: answer.body, as: UTF8.self).contains($0) } ?? true
                    if answer.status == wanted && holds {
                        return try value(answer, request, Arguments(function: call.function, values: ["check": false]))
                    }
                    last =
                        answer.status == wanted ? "the body does not hold \"\(text ?? "")\"" : "status \(answer.status)"
                }
            } catch let error as RunbookError where error.code == .io {
                last = error.message
            }
            let isOver = try await call.world.now() - start + interval.seconds > limit.seconds
            if call.run.options.dryRun != nil || isOver {
                throw RunbookError(
                    .timeout, "\(request.url) did not answer \(wanted) within \(DurationText.of(limit)): \(last)")
            }
            _ = try await call.world.perform(.read(.sleep(interval)))
        }
    }

    private static let load = ModuleFunction(
        FunctionSpec(
            "load", summary: "Put an address under load and measure",
            details: "So many users ask one after the other for so long. A preview shows it and sends nothing.",
            effect: .write,
            parameters: [
                .required("url", .string, "the address"),
                ParameterSpec("users", .bounded(1...1000), default: "10", "how many ask at the same time"),
                ParameterSpec("duration", .duration, default: "\"10s\"", "for how long"),
                ParameterSpec("pause", .duration, default: "\"0s\"", "what a user waits between two requests"),
                ParameterSpec("timeout", .duration, default: "\"10s\"", "how long one request may take"),
                ParameterSpec("headers", .map(.text), "headers; a value may be a secret"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("requests", .integer, "how many were sent"),
                    .required("failed", .integer, "no answer, or 400 and above"),
                    .required("error_rate", .number, "failed of all, 0 to 1"),
                    .required("rps", .number, "requests a second"),
                    .required("p50", .number, "milliseconds"), .required("p90", .number, "milliseconds"),
                    .required("p95", .number, "milliseconds"), .required("p99", .number, "milliseconds"),
                    .required("max", .number, "milliseconds"),
                    .required("statuses", .map(.integer), "answers by status"),
                ])),
            examples: [ExampleSpec("http.load { url = \"http://127.0.0.1:1/\", users = 2, duration = \"1s\" }")])
    ) { arguments, call in
        let users = arguments.integer("users") ?? 10
        let duration = arguments.duration("duration") ?? .seconds(10)
        let request = HTTPCall(
            url: arguments.string("url"), headers: arguments.texts("headers"),
            timeout: arguments.duration("timeout") ?? .seconds(10))
        if call.run.options.dryRun != nil {
            let change = Change(
                .run, "load", request.url, summary: "\(users) users for \(DurationText.of(duration))",
                capability: "http")
            _ = try await call.write(.http(request), change)
            return call.unknown("measurement")
        }
        return try await LoadGenerator(
            world: call.world, request: request, users: users, duration: duration,
            pause: arguments.duration("pause") ?? .zero
        ).run()
    }
}

/// Looks at JSON text without reading it.
enum JSONShape {
    /// True for text that begins and ends as one value does.
    static func isComplete(_ text: [UInt8]) -> Bool {
        let blanks: Set<UInt8> = [9, 10, 13, 32]
        guard let first = text.first(where: { !blanks.contains($0) }),
            let last = text.last(where: { !blanks.contains($0) })
        else { return false }
        return (first == UInt8(ascii: "{") && last == UInt8(ascii: "}"))
            || (first == UInt8(ascii: "[") && last == UInt8(ascii: "]"))
    }
}
