// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Kernels
import System
import SystemPackage
import Testing

/// The `walkback` program next to the test bundle, run as a user would run it.
enum Walkback {
    static let path: FilePath? = {
        guard let bundle = try? Files.executable() else { return nil }
        let path = bundle.removingLastComponent().appending("walkback")
        return access(path.string, X_OK) == 0 ? path : nil
    }()

    static let kernel: FilePath? =
        getenv("WALKBACK_KERNEL_TIER") != nil
        ? nil : (try? EmbeddedKernel.find(explicit: nil, containment: .none))?.path

    static var canRun: Bool { path != nil && kernel != nil }
    static let whyNot: Comment =
        "runs walkback on the embedded kernel: needs one (`make kernel`) and the program next to the tests"
    static let isRoot = geteuid() == 0
    /// Root in a container often may not mount. Bit 21 is CAP_SYS_ADMIN.
    static let canMount: Bool = {
        let status = (try? text("/proc/self/status")) ?? ""
        let effective = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let bits = effective.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
        return (bits ?? 0) >> 21 & 1 == 1
    }()

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// - Parameters:
    ///   - wrapper: a shell line in which "$@" is walkback's own command line.
    static func run(
        _ arguments: [String], wrapper: String = "exec \"$@\"", environment: [String: String] = [:]
    ) throws -> Outcome {
        let scratch = try Scratch()
        let (output, errors) = (scratch.path.appending("output"), scratch.path.appending("errors"))
        let program = try #require(path)
        var variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "WALKBACK_KERNEL": try #require(kernel).string]
        variables.merge(environment) { $1 }
        let script = "exec >'\(output)' 2>'\(errors)' </dev/null; \(wrapper)"
        let status = try spawn(
            ["/bin/sh", "-c", script, "sh", program.string] + arguments, variables.map { "\($0)=\($1)" }.sorted())
        return Outcome(status: status, output: try text(output), errors: try text(errors))
    }

    static func text(_ path: FilePath) throws -> String {
        String(decoding: try Files.read(path) ?? [], as: UTF8.self)
    }

    /// Starts a program and returns its process ID.
    static func start(_ arguments: [String], _ environment: [String]) throws -> pid_t {
        var process: pid_t = 0
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for copy in argv + envp { free(copy) } }
        // The threads of a test runner block signals, which a user's shell does not do.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let error = posix_spawn(&process, arguments[0], nil, &attributes, argv, envp)
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }

    /// Returns the exit status, or 128 + the signal.
    static func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    private static func spawn(_ arguments: [String], _ environment: [String]) throws -> Int32 {
        wait(try start(arguments, environment))
    }
}

/// A directory for one test, which every user may read and which is removed with this value.
final class Scratch {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/walkback-compare.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
        path = FilePath(String(cString: made))
        chmod(path.string, 0o777)
    }

    deinit {
        Files.removeDirectory(path)
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> FilePath {
        let file = path.appending(name)
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        return file
    }

    /// A walk, four seconds long by default: cellular, and WiFi that is away for one second.
    func walk(extra: String = "", wifi: String = Scratch.wifi, duration: Int = 4) throws -> FilePath {
        try write("wifi.trace.csv", wifi)
        try write("cellular.trace.csv", Self.trace("cellular", duration: duration, rows: "0,3,1,30,30,0,0,1,\n"))
        return try write(
            "walk.yaml",
            """
            name: walk
            paths:
              wifi:     {kind: wifi, trace: wifi.trace.csv}
              cellular: {kind: cellular, trace: cellular.trace.csv}
            strategies: [tcp-wifi, tcp-cellular, mptcp]
            seeds: 1
            \(extra)
            """)
    }

    static let wifi = trace("wifi", rows: "0,9,3,10,10,0,0,1,\n1.5,0,0,10,10,0,0,0,\n2.5,7,2,12,10,0,0,1,\n")

    static func trace(_ name: String, duration: Int = 4, rows: String) -> String {
        """
        # walkback trace 1
        # path: \(name)   kind: \(name)   duration_s: \(duration)   curve: linear
        # queue_down: 64000 B   queue_up: 64000 B   accounting: ip
        # source: made by a test
        time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
        \(rows)
        """
    }
}
