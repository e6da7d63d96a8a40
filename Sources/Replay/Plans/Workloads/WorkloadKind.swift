// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// A kind of workload: its settings, what its two ends do, and the words that results use for it.
///
/// A value of the type holds one workload's settings. Once a program has passed the type to
/// ``Walkback/main(adding:bounds:formats:workloads:)``, a replay asks for it by name:
///
/// ```swift
/// struct Polls: WorkloadKind {
///     static let name = "polls"
///     static let settings: [WorkloadSetting<Self>] = [
///         .size("answer", \.answer, in: ByteCount(1)...ByteCount(1_000_000), example: "2kB"),
///         .duration("every", \.every, in: .milliseconds(10)...(.seconds(60)), example: "1s"),
///     ]
///     var answer = ByteCount(2000)
///     var every = Duration.seconds(1)
///
///     var traffic: WorkloadTraffic {
///         .requests { [self] _ in
///             var asked = 0
///             return AnyIterator {
///                 defer { asked += 1 }
///                 return WorkloadRequest(answer, at: every * asked)
///             }
///         }
///     }
/// }
/// ```
public protocol WorkloadKind: Sendable, Equatable {
    /// The kind's name in `workload: {kind: …}` and in results: 1 to 40 of a-z, 0-9 and '-', the first of them a
    /// letter. No other kind may have it.
    static var name: String { get }
    /// The keys that may appear next to `kind` and `duration` in a replay, in the order in which errors list them. From
    /// its row here a setting is read from the replay, handed to the guest, and written to comparison.json.
    static var settings: [WorkloadSetting<Self>] { get }

    /// Creates a workload with the default of every setting.
    init()

    /// What the client and the server do.
    var traffic: WorkloadTraffic { get }

    /// The deadline of each message, from when it was due; one that takes longer is counted as too late. nil: there is
    /// none, which is the default.
    var lateAfter: Duration? { get }

    /// Everything that distinguishes one workload of this kind from another, for the digest by which results are
    /// compared. The name and every setting, unless it says otherwise.
    var digestWords: String { get }

    /// What the run does, for titles: "download". The name unless it says otherwise.
    var activity: String { get }
    /// What its messages are called, if it has messages. "requests" unless it says otherwise.
    var messages: String { get }
    /// The event from which a deadline counts. "it was due" unless it says otherwise.
    var deadlineStart: String { get }
}

extension WorkloadKind {
    public var lateAfter: Duration? { nil }
    public var digestWords: String {
        ([Self.name] + fields.map { "\($0.key)=\($0.value?.digestWord ?? "none")" }).joined(separator: " ")
    }
    public var activity: String { Self.name }
    public var messages: String { "requests" }
    public var deadlineStart: String { "it was due" }
}
