// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import System

/// A directory that somebody else prepared: nothing in it leads out of it.
struct `A held directory` {
    private let scratch: FilePath
    private let directory: HeldDirectory
    /// A file outside the directory, which no test may change or read.
    private let victim: FilePath

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/walkback-held.XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        scratch = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        victim = scratch.appending("victim")
        directory = try HeldDirectory.make(scratch.appending("a").appending("held"))
        try HeldDirectory(scratch).write(Array("precious".utf8), to: "victim")
    }

    private func end() {
        let parent = try? HeldDirectory(scratch.removingLastComponent())
        parent?.remove(scratch.lastComponent?.string ?? "")
        #expect(access(scratch.string, F_OK) != 0)
    }

    private var isVictimWhole: Bool {
        get throws { try HeldDirectory(scratch).read("victim", most: ByteCount(100)) == Array("precious".utf8) }
    }

    private func plant(_ name: String, linkTo target: FilePath) {
        #expect(symlinkat(target.string, directory.descriptor.rawValue, name) == 0)
    }

    @Test func `writes in the place of a link and not through it`() throws {
        defer { end() }
        for name in ["result", "other", "other.new"] { plant(name, linkTo: victim) }
        try directory.write([1, 2], to: "result")
        try directory.replace("other", with: [3])
        #expect(try isVictimWhole)
        #expect(try directory.read("result", most: ByteCount(10)) == [1, 2])
        #expect(try directory.read("other", most: ByteCount(10)) == [3])
        #expect(try directory.entries() == ["other", "result"])
    }

    @Test func `does not write through a second name of a file`() throws {
        defer { end() }
        #expect(linkat(AT_FDCWD, victim.string, directory.descriptor.rawValue, "result", 0) == 0)
        try directory.write([1], to: "result")
        #expect(try isVictimWhole)
    }

    @Test func `opens no link as its own directory`() throws {
        defer { end() }
        plant("inner", linkTo: scratch)
        for open in [{ try directory.subdirectory($0) }, { try directory.existing($0) }] as [(String) throws -> Any?] {
            let fault = #expect(throws: Fault.self) { try open("inner") }
            let words = "\(directory.path)/inner is a link or a file where a directory is needed; remove it"
            #expect(fault?.message == words)
        }
    }

    @Test func `removes a link and not what it leads to`() throws {
        defer { end() }
        plant("link", linkTo: scratch.appending("a"))
        _ = try directory.subdirectory("inner")
        symlinkat(scratch.string, try directory.subdirectory("inner").descriptor.rawValue, "deeper")
        directory.remove("link")
        directory.remove("inner")
        #expect(try isVictimWhole)
        #expect(try directory.entries() == [])
    }

    @Test func `removes what is nested deeper than a stack, and what forbids its reading`() throws {
        defer { end() }
        var inner = openat(directory.descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY)
        for depth in 0..<5000 {
            let name = depth == 0 ? "deep" : "d"
            #expect(mkdirat(inner, name, 0o755) == 0)
            let next = openat(inner, name, O_RDONLY | O_DIRECTORY)
            close(inner)
            inner = next
            close(openat(inner, "file", O_WRONLY | O_CREAT, 0o600))
        }
        #expect(fchmod(inner, 0) == 0)
        close(inner)
        directory.remove("deep")
        #expect(try directory.entries() == [])
    }

    @Test func `removes what has a name that is not UTF-8`() throws {
        defer { end() }
        let name: [CChar] = [CChar(bitPattern: 0xff), CChar(bitPattern: 0xc3), 0]
        let outer = try directory.subdirectory("outer")
        let inner = withExtendedLifetime(outer) {
            #expect(mkdirat($0.descriptor.rawValue, name, 0o755) == 0)
            return openat($0.descriptor.rawValue, name, O_RDONLY | O_DIRECTORY)
        }
        #expect(mkdirat(inner, name, 0o755) == 0)
        close(openat(inner, "file", O_WRONLY | O_CREAT, 0o600))
        close(inner)
        directory.remove("outer")
        #expect(try directory.entries() == [])
    }

    @Test func `reads regular files of bounded size alone`() throws {
        defer { end() }
        plant("link", linkTo: victim)
        #expect(mkfifoat(directory.descriptor.rawValue, "fifo", 0o600) == 0)
        _ = try directory.subdirectory("directory")
        try directory.write([UInt8](repeating: 0, count: 101), to: "large")
        #expect(linkat(AT_FDCWD, victim.string, directory.descriptor.rawValue, "second", 0) == 0)
        for (name, words) in [
            ("link", "is a link, which is not followed"), ("fifo", "is not a regular file"),
            ("directory", "is not a regular file"), ("large", "is larger than 0.0001 MB"),
            ("second", "belongs to another user or has a second name"),
        ] {
            let fault = #expect(throws: Fault.self) { try directory.read(name, most: ByteCount(100), isOwn: true) }
            #expect(fault?.message.contains("\(directory.path)/\(name) \(words)") == true, "\(fault?.message ?? "")")
        }
        #expect(try directory.read("nothing", most: ByteCount(100)) == nil)
        #expect(directory.regularFile("fifo") == nil)
    }

    @Test func `locks a file of its own and no other`() throws {
        defer { end() }
        let lock = try #require(try directory.lock("lock"))
        #expect(try directory.lock("lock") == nil)
        try lock.close()
        plant("planted", linkTo: victim)
        #expect(mkfifoat(directory.descriptor.rawValue, "fifo", 0o600) == 0)
        for name in ["planted", "fifo"] { #expect(throws: Fault.self) { try directory.lock(name) } }
    }

    @Test func `knows whether a name still is what it was`() throws {
        defer { end() }
        let inner = try directory.subdirectory("inner")
        #expect(directory.has("inner", inner))
        directory.remove("inner")
        _ = try directory.subdirectory("inner")
        #expect(!directory.has("inner", inner))
    }
}
