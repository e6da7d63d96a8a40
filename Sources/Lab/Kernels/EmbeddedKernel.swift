// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Quantities
import System
import SystemPackage

/// A kernel built for user mode: an ordinary program that boots in virtual time, without root.
package struct EmbeddedKernel: Sendable, Equatable {
    package let path: FilePath
    /// As the kernel names itself: `6.12.117-walkback`.
    package let release: String
    /// The names of the patches in it, in the order applied; empty if its builder did not list them.
    package let patches: [String]
    /// What keeps its guests from harming this machine.
    package let containment: Containment

    /// The kernel to boot: `explicit` if given, else `$WALKBACK_KERNEL`, else `PREFIX/lib/walkback/linux` if this
    /// program is in `PREFIX/bin`, else the newest kernel in the user's cache, where `make kernel` puts it.
    ///
    /// - Throws: a `Fault` that says what is wrong with the named file, or how to build a kernel if none is found.
    package static func find(explicit: FilePath?, containment: Containment) throws -> EmbeddedKernel {
        if let explicit { return try open(explicit, named: "--kernel \(explicit)", containment) }
        if let named = variable("WALKBACK_KERNEL") {
            return try open(FilePath(named), named: "$WALKBACK_KERNEL \(named)", containment)
        }
        let installed = try Files.executable().removingLastComponent().removingLastComponent()
            .appending("lib/walkback/linux")
        if Files.isFile(installed) { return try open(installed, named: "the kernel '\(installed)'", containment) }
        let cache = cacheDirectory
        if let cache, let cached = newest(in: cache) {
            return try open(cached, named: "the kernel '\(cached)'", containment)
        }
        let looked = [installed.string, cache.map { "\($0)/*/linux" }].compactMap { $0 }.joined(separator: " nor ")
        throw Fault(
            .failed,
            "there is no embedded kernel: $WALKBACK_KERNEL is not set, and there is neither \(looked); run "
                + "`make kernel`"
        )
    }

    /// Where `make kernel` installs, one directory per kernel.
    static var cacheDirectory: FilePath? {
        if let cache = variable("WALKBACK_CACHE") { return FilePath(cache) }
        if let cache = variable("XDG_CACHE_HOME") { return FilePath(cache).appending("walkback/kernel") }
        return variable("HOME").map { FilePath($0).appending(".cache/walkback/kernel") }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The kernel that the file or link `current` names, else the newest.
    static func newest(in cache: FilePath) -> FilePath? {
        let current = cache.appending("current")
        if Files.isFile(current.appending("linux")) { return current.appending("linux") }
        if let name = (try? Files.text(current)).flatMap({ $0 })?.split(whereSeparator: \.isWhitespace).first {
            let named = cache.appending(String(name)).appending("linux")
            if Files.isFile(named) { return named }
        }
        var best: (path: FilePath, time: Int64)?
        for name in Files.entries(of: cache) {
            let path = cache.appending(name).appending("linux")
            guard let time = Files.modification(of: path) else { continue }
            if best.map({ time > $0.time }) ?? true { best = (path, time) }
        }
        return best?.path
    }

    private static func open(
        _ path: FilePath, named name: String, _ containment: Containment
    ) throws -> EmbeddedKernel {
        guard Files.isFile(path) else {
            throw Fault(
                .failed,
                "\(name) is not a file; build a kernel with `make kernel`, and name the file `linux` that it makes")
        }
        guard access(path.string, X_OK) == 0 else {
            throw Fault(
                .failed, "\(name) is not executable for this user; chmod +x it, or build a kernel with `make kernel`")
        }
        let notes = try description(beside: path)
        if let release = notes.release {
            return EmbeddedKernel(path: path, release: release, patches: notes.patches, containment: containment)
        }
        guard let release = try askRelease(path, containment) else {
            throw Fault(
                .failed,
                "\(name) is not a user-mode kernel, because it names no Linux release for --version; build one with "
                    + "`make kernel SOURCE=DIR`")
        }
        return EmbeddedKernel(path: path, release: release, patches: notes.patches, containment: containment)
    }

    /// The contents of the text file `linux.txt` next to a kernel.
    private static func description(beside path: FilePath) throws -> (release: String?, patches: [String]) {
        let file = path.removingLastComponent().appending("\(path.lastComponent?.string ?? "linux").txt")
        guard let text = try Files.text(file) else { return (nil, []) }
        return parse(description: text)
    }

    /// Lines of `key: value`, as Kernel/build writes them: `release: 6.12.117-walkback` and one `patch: FILE SHA256`
    /// per patch.
    static func parse(description text: String) -> (release: String?, patches: [String]) {
        var release: String?
        var patches: [String] = []
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = line[..<colon].filter { !$0.isWhitespace }.lowercased()
            guard
                let word = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).first.map(
                    String.init)
            else { continue }
            switch key {
            case "release": release = word
            case "patch": patches.append(word.hasSuffix(".patch") ? String(word.dropLast(6)) : word)
            default: break
            }
        }
        return (release, patches)
    }

    /// Asks the kernel for its release. A user-mode kernel that is asked for its version prints its release and nothing
    /// else.
    private static func askRelease(_ path: FilePath, _ containment: Containment) throws -> String? {
        let end = try? GuestProcess(
            executable: path, arguments: [path.string, "--version"], environment: ["PATH=/usr/bin:/bin"], inherited: [],
            containment: containment, realTimeLimit: .seconds(10)
        ).run(cancellation: nil, log: -1) { _ in }
        guard let end, end.reason == .exited(0) else { return nil }
        let words = end.lastLines.flatMap { $0.split(whereSeparator: \.isWhitespace) }
        guard words.count == 1, let release = words.first, release.first?.isNumber == true,
            release.split(separator: ".").count >= 2
        else { return nil }
        return String(release)
    }
}
