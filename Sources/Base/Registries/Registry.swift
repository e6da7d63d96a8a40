// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What can be added to Walkback at one of its doors: what is built in, and then what a program of somebody else's
/// added before it ran.
public final class Registry<Entry: Sendable>: Sendable {
    private let entries: Mutex<[Entry]>

    /// - Parameter builtIn: in the order in which help and errors list them.
    public init(_ builtIn: [Entry]) {
        entries = Mutex(builtIn)
    }

    /// Behind all that is there.
    public func add(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
    }

    /// In the order in which they were added.
    public var all: [Entry] { entries.withLock { $0 } }
}
