// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import System

/// What a user names as input may be anything.
struct `An input file` {
    private let scratch: FilePath

    init() throws {
        var template = Array("/tmp/walkback-input.XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        scratch = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private func end() { Files.removeDirectory(scratch) }

    private func objection(to path: String) -> String {
        (#expect(throws: Fault.self) { try InputFile.read(path) })?.message ?? ""
    }

    @Test(.timeLimit(.minutes(1))) func `is a regular file, and nothing else is waited for`() throws {
        defer { end() }
        let (fifo, socket) = (scratch.appending("fifo").string, scratch.appending("socket").string)
        #expect(mkfifo(fifo, 0o600) == 0)
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        #expect(isBound)
        #expect(
            objection(to: fifo)
                == "\(fifo): is a pipe, and walkback may have to read its input twice; write it to a file first")
        #expect(objection(to: socket) == "\(socket): is a socket or a device; name a regular file")
        #expect(objection(to: scratch.string) == "\(scratch): is a directory; name a file in it")
        for device in ["/dev/zero", "/dev/null", "/dev/full"] {
            #expect(
                objection(to: device)
                    == "\(device): is not a regular file but a device or a socket; name a regular file")
        }
        #expect(objection(to: "a\0b").contains("cannot be the name of a file"))
        #expect(throws: Fault.self) { try Files.read(FilePath(fifo)) }
        // A link to a file is followed: the user named it.
        try HeldDirectory(scratch).write([1, 2], to: "file")
        #expect(symlink("file", scratch.appending("link").string) == 0)
        #expect(try InputFile.read(scratch.appending("link").string).bytes == [1, 2])
    }

    @Test func `that is too large is refused by its size`() throws {
        defer { end() }
        let path = scratch.appending("large").string
        try HeldDirectory(scratch).write([UInt8](repeating: 0x61, count: 1001), to: "large")
        let fault = #expect(throws: Fault.self) { try InputFile.read(path, largest: ByteCount(1000)) }
        #expect(fault?.message.hasPrefix("\(path): is larger than 0.001 MB") == true)
        #expect(try InputFile.read(path, largest: ByteCount(1001)).bytes.count == 1001)
    }

    @Test func `has as many lines as it has ends, and one more if the last is not ended`() {
        func lines(_ text: String) -> Int { InputFile(path: "x", bytes: Array(text.utf8)).lineCount }
        #expect([lines(""), lines("\n"), lines("a"), lines("a\nb\n"), lines("a\n\nb")] == [0, 1, 1, 2, 3])
    }

    @Test func `is read in pieces to its end`() throws {
        defer { end() }
        let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0) }
        try HeldDirectory(scratch).write(bytes, to: "long")
        let pieces = try InputFile.pieces(scratch.appending("long").string)
        #expect(pieces.size == bytes.count)
        var read: [UInt8] = []
        while case let piece = try pieces.next(), !piece.isEmpty { read += piece }
        #expect(read == bytes)
    }

    @Test func `that is not UTF-8 names the line`() {
        let bytes = Array("one\ntwo\n".utf8) + [0xff] + Array("\n".utf8)
        let fault = #expect(throws: Fault.self) { try InputFile(path: "x", bytes: bytes).text() }
        #expect(fault?.message.hasPrefix("x:3: is not UTF-8") == true)
    }
}

/// Files that belong together are written all or not at all.
struct `A directory of texts` {
    private let scratch: FilePath

    init() throws {
        var template = Array("/tmp/walkback-texts.XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        scratch = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private func text(_ name: String, in directory: FilePath) throws -> String? {
        try HeldDirectory(directory).read(name, most: ByteCount(1000)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `that cannot be completed is not begun`() throws {
        defer { Files.removeDirectory(scratch) }
        let output = scratch.appending("out")
        let broken = TextDirectory.File("b") { take in
            try take([1])
            throw Errno.noSpace
        }
        let fault = #expect(throws: Fault.self) {
            try TextDirectory.write([.init("a", text: "new"), broken], to: output, mark: "a")
        }
        #expect(fault?.message.hasPrefix("cannot write \(output)/b: No space left on device; free some space") == true)
        #expect(access(output.string, F_OK) != 0, "a directory was left")
        // What was there stays, and nothing comes next to it.
        _ = try TextDirectory.write([.init("a", text: "old"), .init("b", text: "old")], to: output, mark: "a")
        #expect(throws: Fault.self) {
            try TextDirectory.write([.init("a", text: "new"), broken], to: output, mark: "a")
        }
        #expect(try HeldDirectory(output).entries() == ["a", "b"])
        #expect(try [text("a", in: output), text("b", in: output)] == ["old", "old"])
    }

    @Test func `that another file is in is refused, and a new one is not left behind`() throws {
        defer { Files.removeDirectory(scratch) }
        try HeldDirectory(scratch).write([1], to: "stranger")
        #expect(throws: Fault.self) { try TextDirectory.write([.init("a", text: "x")], to: scratch, mark: "a") }
        #expect(try HeldDirectory(scratch).entries() == ["stranger"])
    }
}

/// Standard output may be a full disk or a pipe that nobody reads.
struct `A standard stream` {
    @Test func `to a full disk is an error`() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        #expect(throws: Errno.noSpace) { try StandardStream.write([1, 2, 3], to: full) }
    }

    @Test func `to a closed pipe is an error and no signal`() throws {
        var ends: [CInt] = [-1, -1]
        #expect(walkback_pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        // A pending SIGPIPE would end the test here.
        for _ in 0..<2 { #expect(throws: Errno.brokenPipe) { try StandardStream.write([1], to: ends[1]) } }
        var pending = sigset_t()
        sigpending(&pending)
        #expect(sigismember(&pending, SIGPIPE) == 0)
    }

    @Test func `takes everything`() throws {
        var ends: [CInt] = [-1, -1]
        #expect(walkback_pipe(&ends) == 0)
        try StandardStream.write([7, 8, 9][1...], to: ends[1])
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 10)
        #expect(read(ends[0], &bytes, 10) == 2)
        #expect(bytes.prefix(2) == [8, 9])
        close(ends[0])
    }
}
