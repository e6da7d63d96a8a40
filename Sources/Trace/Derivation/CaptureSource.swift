// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import TraceFormats
import Traces

/// One capture of a derivation, as given on the command line: `[PATH[:KIND]=]FILE`.
package struct CaptureSource: Sendable, Equatable {
    /// The path's name; nil: use the interfaces' names.
    package var name: String?
    package var kind: PathKind?
    package var file: String

    package init(name: String? = nil, kind: PathKind? = nil, file: String) {
        self.name = name
        self.kind = kind
        self.file = file
    }

    /// - Throws: `Fault` (usage).
    package init(parsing text: String) throws {
        guard let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") else {
            self.init(file: text)
            return
        }
        let left = text[..<equals].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if let objection = PathName.objection(to: left[0]) { throw Fault(.usage, "\(objection) (in '\(text)')") }
        var kind: PathKind?
        if left.count > 1 {
            kind = PathKind(rawValue: left[1])
            guard kind != nil, left.count == 2 else {
                let ending = Suggestion.ending(for: left[1], among: PathKind.names)
                throw Fault(.usage, "unknown kind '\(left[1])' in '\(text)'\(ending)")
            }
        }
        self.init(name: left[0], kind: kind, file: String(text[text.index(after: equals)...]))
        guard !file.isEmpty else { throw Fault(.usage, "'\(text)' names no file; write PATH[:KIND]=FILE") }
    }

    /// The file's name without its directory.
    var fileName: String { file.split(separator: "/").last.map(String.init) ?? file }

    /// The recorder's event log next to the capture.
    package var eventsFile: String {
        var stem = file[...]
        // A compressed capture has the same event log as the capture that was recorded.
        for ending in [".gz", ".zst", ".pcapng"] where stem.hasSuffix(ending) { stem = stem.dropLast(ending.count) }
        return stem + ".events.jsonl"
    }

    /// Makes a path's name from an interface's name by dropping the characters that a path's name may not have.
    static func pathName(_ interface: String) -> String {
        let kept = interface.lowercased().utf8.map { byte -> Character in
            let isLetter = (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
            return isLetter ? Character(Unicode.Scalar(byte)) : "-"
        }
        let name = String(kept.prefix(15)).split(separator: "-").joined(separator: "-")
        return PathName.objection(to: name) == nil ? name : "path-\(name)".prefix(15).description
    }

    /// The kind of path that an interface of this name is.
    package static func kind(_ interface: String) -> PathKind {
        let cellular = ["wwan", "rmnet", "wwp", "ccmni", "pdp"]
        if interface.hasPrefix("wl") { return .wifi }
        if cellular.contains(where: { interface.hasPrefix($0) }) { return .cellular }
        return PathKind(guessedFrom: interface) ?? .other
    }
}
