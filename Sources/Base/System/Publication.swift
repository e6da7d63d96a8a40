// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import SystemPackage

/// The list of what is to be moved from `.partial` to its place, and of what is to be removed there. It is in
/// `.partial` from when all files are complete until the last is moved, so that whoever finds it can finish what a
/// killed run began: an earlier result is either whole or replaced as a whole.
struct Publication {
    var removed: [String]
    /// In the order of moving. Everything is done once the last of them is moved.
    var moved: [String]

    private static let fileName = "publication"

    func begin(in partial: HeldDirectory) throws {
        let lines = removed.map { "remove \($0)\n" } + moved.map { "move \($0)\n" }
        try partial.replace(Self.fileName, with: Array(lines.joined().utf8))
    }

    /// - Throws: `Fault` if the list is not ours: what is not a plain name might lead out of the directory.
    private init?(in partial: HeldDirectory) throws {
        guard let bytes = try partial.read(Self.fileName, most: ByteCount(1_000_000)) else { return nil }
        (removed, moved) = ([], [])
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, FilePath.Component(words[1])?.kind == .regular else {
                throw Fault(.failed, "\(partial.path) holds a list that is not Walkback's; remove that directory")
            }
            if words[0] == "remove" { removed.append(words[1]) } else { moved.append(words[1]) }
        }
    }

    init(removed: [String], moved: [String]) {
        self.removed = removed
        self.moved = moved
    }

    static func isUnfinished(in partial: HeldDirectory) -> Bool { partial.has(fileName) }

    /// Does what the list says and was not done yet; nothing if there is no list. May be interrupted at any instant.
    static func finish(from partial: HeldDirectory, in directory: HeldDirectory) throws {
        guard let publication = try Publication(in: partial) else { return }
        if let last = publication.moved.last, partial.has(last) {
            for name in publication.removed { directory.removeFile(name) }
            for name in publication.moved where partial.has(name) {
                try partial.move(name, to: directory, as: name)
            }
        }
        partial.removeFile(fileName)
    }
}
