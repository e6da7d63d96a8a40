// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage
import Testing

/// The captures that the project ships, and those that others published, in a directory next to the checkout.
enum SharedCaptures {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    static let directory = "\(root)/../shared/data"

    static let missing: Comment = "the captures (shared/data/pcap-* beside the checkout) are not here"
    static let noWireshark: Comment = "tshark and capinfos are not installed"

    static let shipped = ["recorded-walk.pcapng.gz", "recorded-transfers.pcapng.gz"]

    static func path(_ name: String) -> String {
        shipped.contains(name) ? "\(root)/Captures/\(name)" : "\(directory)/\(name)"
    }

    static let isPresent = access(path("pcap-odd"), R_OK) == 0
    static let hasWireshark = run(["capinfos", "--version"]) != nil && run(["tshark", "--version"]) != nil

    /// The shipped captures, and every capture below pcap-* by its path relative to `directory`.
    static let all = shipped + published

    static let published: [String] = {
        guard let text = run(["find", directory + "/", "-path", "*/pcap-*", "-name", "*.pcap*", "-type", "f"]) else {
            return []
        }
        return text.split(separator: "\n").map { String($0.dropFirst(directory.utf8.count + 1)) }.sorted()
    }()

    /// What a command prints on standard output; nil if it cannot be started. Its exit status is ignored.
    static func run(_ command: [String]) -> String? {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { return nil }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let result = posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
        close(pipe[1])
        defer { close(pipe[0]) }
        guard result == 0 else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(pipe[0], &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}
