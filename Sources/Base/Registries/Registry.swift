// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The entries of one of Walkback's extension points: first the built-in ones, then those that a user's program added
/// before it ran.
public final class Registry<Entry: Sendable>: Sendable {
    private let entries: Mutex<[Entry]>

    /// - Parameter builtIn: the entries in the order in which help and errors list them.
    public init(_ builtIn: [Entry]) {
        entries = Mutex(builtIn)
    }

    /// Adds an entry after all others.
    public func add(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
    }

    /// The entries in the order in which they were added.
    public var all: [Entry] { entries.withLock { $0 } }
}
