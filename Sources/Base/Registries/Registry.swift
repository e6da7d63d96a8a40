// SPDX-License-Identifier: Apache-2.0
import Documents
import Synchronization

/// The entries of one of Walkback's extension points: first the built-in ones, then those that a program passes to
/// ``Walkback/main(adding:bounds:formats:workloads:)``. No two entries share a name, because
/// options, replays and results know an entry by its name alone.
public final class Registry<Entry: Sendable>: Sendable {
    private struct Contents {
        var entries: [Entry]
        var taken: Set<String>
    }

    private let kind: String
    private let names: @Sendable (Entry) -> [String]
    private let contents: Mutex<Contents>

    /// - Parameters:
    ///   - kind: what messages call an entry, such as `strategy`.
    ///   - builtIn: the entries in the order in which help and errors list them.
    ///   - reserved: names that no entry may have.
    ///   - names: every name by which an entry can be found.
    package init(
        of kind: String, _ builtIn: [Entry], reserved: Set<String> = [], names: @escaping @Sendable (Entry) -> [String]
    ) {
        self.kind = kind
        self.names = names
        contents = Mutex(Contents(entries: builtIn, taken: reserved.union(builtIn.flatMap(names))))
    }

    /// Adds an entry after all others.
    ///
    /// - Throws: `Fault` (usage) if another entry has one of its names, or if a name breaks the rules of `EntryName`.
    package func add(_ entry: Entry) throws {
        // Outside the lock, because an entry may be somebody else's code and look into this registry.
        let names = names(entry)
        try contents.withLock { contents in
            var taken = contents.taken
            for name in names {
                let opening = "this program adds a \(kind) named '\(name.prefix(EntryName.longest + 1))'"
                guard EntryName.isAllowed(name) else {
                    throw Fault(.usage, "\(opening), but a name must be \(EntryName.rule); rename it")
                }
                guard taken.insert(name).inserted else {
                    throw Fault(.usage, "\(opening), but that name is taken; rename it, or add it only once")
                }
            }
            contents = Contents(entries: contents.entries + [entry], taken: taken)
        }
    }

    /// The entries in the order in which they were added, the built-in ones first.
    public var all: [Entry] { contents.withLock { $0.entries } }
}
