// SPDX-License-Identifier: Apache-2.0
import Bounds
import Documents
import Plans
import Quantities
import Registries
import Strategies
import System
import Testing
import TraceFormats
import Traces

@testable import WalkbackKit

/// A strategy with the former name of a built-in one.
private struct Taken: Strategy {
    static func strategies(over paths: [String]) -> [Taken] { [Taken()] }
    let name: StrategyName = "mptcp-scheduler"
    let summary = "A strategy whose name is taken."
}

private struct Loud: Strategy {
    static func strategies(over paths: [String]) -> [Loud] { [Loud()] }
    let name: StrategyName = "MPTCP!"
    let summary = "A strategy whose name is not allowed."
}

/// A strategy that has the name of a built-in one only where there is a path `starlink`.
private struct Starlink: Strategy {
    static func strategies(over paths: [String]) -> [Starlink] { [Starlink()] }
    let name: StrategyName = "tcp-starlink"
    let summary = "A strategy for a path of this name."
}

private enum Optimal: Bound {
    static let name: BoundName = "optimal"
    static let summary = "a bound whose name is reserved"
    static func label(window: Duration) -> String { "optimal" }
    static func bytes(of walk: MeasuredWalk) -> ByteCount? { nil }
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? { nil }
}

private enum Slashed: Bound {
    static let name: BoundName = "best/second"
    static let summary = "a bound whose name is not allowed"
    static func label(window: Duration) -> String { "slashed" }
    static func bytes(of walk: MeasuredWalk) -> ByteCount? { nil }
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? { nil }
}

private struct Format: TraceFormat {
    let name: String
    let summary = "nothing"
    let holds = TraceExtent.direction
    func recognises(_ beginning: TraceBeginning) -> Bool { false }
    func read(_ file: InputFile) throws -> TraceReading { TraceReading(.rates([], end: .zero)) }
}

private struct SecondDownload: WorkloadKind {
    static let name = "download"
    static let settings: [WorkloadSetting<Self>] = []
    var traffic: WorkloadTraffic { .bulk(.down, size: nil) }
}

private struct Underlined: WorkloadKind {
    static let name = "down_load"
    static let settings: [WorkloadSetting<Self>] = []
    var traffic: WorkloadTraffic { .bulk(.down, size: nil) }
}

@Suite struct `What a program adds` {
    private func expectRefusal(_ opening: String, isTaken: Bool, _ add: () throws -> Void) {
        let fault = #expect(throws: Fault.self) { try add() }
        #expect(fault?.code == .usage)
        let reason =
            isTaken
            ? "that name is taken; rename it, or add it only once"
            : "a name must be 1 to 40 of a-z, 0-9 and '-', the first of them a letter; rename it"
        #expect(fault?.message == "this program adds a \(opening), but \(reason)")
    }

    @Test func `is a strategy with a name of its own`() {
        expectRefusal("strategy named 'mptcp-scheduler'", isTaken: true) { try Walkback.add([Taken.self]) }
        expectRefusal("strategy named 'MPTCP!'", isTaken: false) { try Walkback.add([Loud.self]) }
    }

    @Test func `is a bound with a name of its own`() {
        expectRefusal("bound named 'optimal'", isTaken: true) { try Walkback.add([], [Optimal.self]) }
        expectRefusal("bound named 'best/second'", isTaken: false) { try Walkback.add([], [Slashed.self]) }
    }

    @Test func `is a trace format with a name of its own`() {
        expectRefusal("trace format named 'mahimahi'", isTaken: true) {
            try Walkback.add([], [], [Format(name: "mahimahi")])
        }
        expectRefusal("trace format named '2 columns'", isTaken: false) {
            try Walkback.add([], [], [Format(name: "2 columns")])
        }
    }

    @Test func `is a workload with a name of its own`() {
        expectRefusal("workload named 'download'", isTaken: true) {
            try Walkback.add([], [], [], [SecondDownload.self])
        }
        expectRefusal("workload named 'down_load'", isTaken: false) { try Walkback.add([], [], [], [Underlined.self]) }
    }

    @Test func `is not confused with a strategy that a path's name makes`() throws {
        let types = StrategyRegistry.types.all + [Starlink.self]
        #expect(try StrategyRegistry.strategy("tcp-starlink", over: ["wifi"], among: types) is Starlink)
        let fault = #expect(throws: Fault.self) {
            try StrategyRegistry.strategy("tcp-starlink", over: ["wifi", "starlink"], among: types)
        }
        #expect(
            fault?.message
                == "2 strategies are named 'tcp-starlink' over wifi and starlink; rename the one that this program "
                + "adds, or the path")
    }

    @Test func `follows the rules that the names of what is built in follow`() {
        let names =
            StrategyRegistry.all(over: ["wifi", "cellular"]).map(\.name.description)
            + KnownBounds.builtIn.map { $0.name.rawValue } + TraceFormats.builtIn.map(\.name)
            + Workload.kinds.all.map { $0.name }
        #expect(names.count > 25)
        for name in names { #expect(EntryName.isAllowed(name), "\(name)") }
    }
}
