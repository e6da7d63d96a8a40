// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Testing

/// Headless Chromium, which is driven by its DevTools protocol over two pipes. Each message is JSON, followed by a zero
/// byte.
final class Chromium {
    static let path: String? = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        access($0, X_OK) == 0
    }
    static let whyNot: Comment = "looks at pages in a browser: install Debian's package chromium"

    private let process: pid_t
    private let input: Int32
    private let output: Int32
    private let profile: String
    private var pending: [UInt8] = []
    private var last: Int64 = 0
    private var session: String?
    /// Messages from the page that nobody asked for, oldest first.
    private(set) var events: [[String: JSON]] = []

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        let program = try #require(Self.path)
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/walkback-chromium-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no directory in \(temporary)") }
        profile = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var (toBrowser, fromBrowser): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&toBrowser) == 0, pipe(&fromBrowser) == 0 else { throw Failure(description: "no pipe") }
        for end in [toBrowser[1], fromBrowser[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // By the protocol the browser reads from descriptor 3 and writes to 4. Both are first moved above these, so
        // that neither overwrites the other.
        posix_spawn_file_actions_adddup2(&actions, toBrowser[0], 20)
        posix_spawn_file_actions_adddup2(&actions, fromBrowser[1], 21)
        posix_spawn_file_actions_adddup2(&actions, 20, 3)
        posix_spawn_file_actions_adddup2(&actions, 21, 4)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let arguments = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            "--force-color-profile=srgb",
            "--remote-debugging-pipe", "--user-data-dir=\(profile)", "about:blank",
        ]
        let argv = arguments.map { strdup($0) } + [nil]
        defer { for copy in argv { free(copy) } }
        var started: pid_t = 0
        let error = posix_spawn(&started, program, &actions, nil, argv, environ)
        close(toBrowser[0])
        close(fromBrowser[1])
        guard error == 0 else { throw Failure(description: "cannot start \(program): \(error)") }
        process = started
        input = toBrowser[1]
        output = fromBrowser[0]
    }

    deinit {
        close(input)
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        close(output)
        // A browser's profile is many files, of which the test knows none.
        var remover: pid_t = 0
        let words: [String] = ["/bin/rm", "-rf", profile]
        let argv = words.map { strdup($0) } + [nil]
        defer { for copy in argv { free(copy) } }
        if posix_spawn(&remover, "/bin/rm", nil, nil, argv, environ) == 0 { waitpid(remover, &status, 0) }
    }

    // MARK: Messages

    /// - Throws: if the browser refuses, or says nothing for a minute.
    @discardableResult
    func call(_ method: String, _ parameters: [String: JSON] = [:]) throws -> [String: JSON] {
        last += 1
        var message: [String: JSON] = [
            "id": .integer(last), "method": .string(method), "params": .object(parameters),
        ]
        if let session { message["sessionId"] = .string(session) }
        var bytes = Array(JSON.object(message).text.utf8)
        bytes.append(0)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "\(method): the browser has gone") }
            rest = rest.dropFirst(count)
        }
        while true {
            let answer = try receive()
            guard answer["id"] == .integer(last) else {
                events.append(answer)
                continue
            }
            if case .object(let error)? = answer["error"] { throw Failure(description: "\(method): \(error)") }
            guard case .object(let result)? = answer["result"] else { return [:] }
            return result
        }
    }

    private func receive() throws -> [String: JSON] {
        while true {
            if let end = pending.firstIndex(of: 0) {
                let message = Array(pending[..<end])
                pending.removeSubrange(...end)
                guard case .object(let members) = try JSON.parse(message, path: "DevTools") else { continue }
                return members
            }
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 60_000) > 0 else { throw Failure(description: "the browser says nothing") }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { throw Failure(description: "the browser has gone") }
            pending += buffer[..<count]
        }
    }

    // MARK: A page

    /// Opens `file` in a window of this size and waits until it is loaded.
    func open(_ file: String, width: Int, height: Int) throws {
        if session == nil {
            let target = try call("Target.createTarget", ["url": .string("about:blank")])
            let attached = try call(
                "Target.attachToTarget", ["targetId": target["targetId"] ?? .null, "flatten": .bool(true)])
            guard case .string(let name)? = attached["sessionId"] else { throw Failure(description: "no session") }
            session = name
            for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
        }
        events = []
        try call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(Int64(width)), "height": .integer(Int64(height)), "deviceScaleFactor": .integer(1),
                "mobile": .bool(width < 600),
            ])
        try call("Page.navigate", ["url": .string("file://\(file)")])
        while !events.contains(where: { $0["method"] == .string("Page.loadEventFired") }) {
            events.append(try receive())
        }
        // Resize observers have done their work after the next frame.
        _ = try evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    }

    /// The value of an expression in the page: text, a number or a Boolean.
    func evaluate(_ expression: String) throws -> JSON {
        let answer = try call(
            "Runtime.evaluate",
            ["expression": .string(expression), "awaitPromise": .bool(true), "returnByValue": .bool(true)])
        if case .object(let details)? = answer["exceptionDetails"] {
            throw Failure(description: "\(expression.prefix(80)): \(details)")
        }
        guard case .object(let result)? = answer["result"] else { return .null }
        return result["value"] ?? .null
    }

    func mouse(_ kind: String, x: Double, y: Double, button: String = "none") throws {
        try call(
            "Input.dispatchMouseEvent",
            [
                "type": .string(kind), "x": .number(x), "y": .number(y), "button": .string(button),
                "buttons": .integer(button == "none" ? 0 : 1), "clickCount": .integer(1),
            ])
    }

    /// - Parameter text: what the key writes; nil for keys that write nothing.
    func press(_ key: String, text: String? = nil) throws {
        var down: [String: JSON] = ["type": .string(text == nil ? "rawKeyDown" : "keyDown"), "key": .string(key)]
        if key == "Tab" { down["windowsVirtualKeyCode"] = .integer(9) }
        if let text { down["text"] = .string(text) }
        try call("Input.dispatchKeyEvent", down)
        try call("Input.dispatchKeyEvent", ["type": .string("keyUp"), "key": .string(key)])
    }

    /// A PNG of the whole page, or of the window.
    func screenshot(whole: Bool = true) throws -> [UInt8] {
        let answer = try call(
            "Page.captureScreenshot", ["format": .string("png"), "captureBeyondViewport": .bool(whole)])
        guard case .string(let text)? = answer["data"] else { throw Failure(description: "no picture") }
        return Self.decoded(text)
    }

    private static func decoded(_ base64: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var values = [UInt32](repeating: 0, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt32(value) }
        var bytes: [UInt8] = []
        let letters = base64.utf8.filter { $0 != UInt8(ascii: "=") }
        for start in stride(from: 0, to: letters.count, by: 4) {
            let group = letters[start..<min(start + 4, letters.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 6 | values[Int($1)] } << UInt32(6 * (4 - group.count))
            for place in 0..<(group.count - 1) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place)))
            }
        }
        return bytes
    }

    /// Errors that the page logged or threw, and addresses beyond its own file that it asked for.
    var complaints: [String] {
        events.compactMap { event in
            guard case .string(let method)? = event["method"], case .object(let parameters)? = event["params"] else {
                return nil
            }
            switch method {
            case "Runtime.exceptionThrown": return "threw: \(parameters)"
            case "Runtime.consoleAPICalled": return "console: \(parameters)"
            case "Log.entryAdded": return "log: \(parameters)"
            case "Network.requestWillBeSent":
                guard case .object(let request)? = parameters["request"], case .string(let url)? = request["url"] else {
                    return nil
                }
                return url.hasPrefix("file://") && parameters["type"] == .string("Document") ? nil : "asked for \(url)"
            default: return nil
            }
        }
    }
}
