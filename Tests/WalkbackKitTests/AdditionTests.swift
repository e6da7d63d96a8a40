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
import WalkbackKit

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

/// Each runs in a process of its own, because `Walkback.main` ends the process.
@Suite struct `What a program adds` {
    private static let taken = "that name is taken; rename it, or add it only once\n"
    private static let unsound =
        "a name must be 1 to 40 of a-z, 0-9 and '-', the first of them a letter; rename it\n"

    private func text(of result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func `is a strategy with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(adding: [Taken.self])
        }
        #expect(
            text(of: taken) == "walkback: this program adds a strategy named 'mptcp-scheduler', but \(Self.taken)")
        let unsound = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(adding: [Loud.self])
        }
        #expect(text(of: unsound) == "walkback: this program adds a strategy named 'MPTCP!', but \(Self.unsound)")
    }

    @Test func `is a bound with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(bounds: [Optimal.self])
        }
        #expect(text(of: taken) == "walkback: this program adds a bound named 'optimal', but \(Self.taken)")
        let unsound = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(bounds: [Slashed.self])
        }
        #expect(text(of: unsound) == "walkback: this program adds a bound named 'best/second', but \(Self.unsound)")
    }

    @Test func `is a trace format with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(formats: [Format(name: "mahimahi")])
        }
        #expect(text(of: taken) == "walkback: this program adds a trace format named 'mahimahi', but \(Self.taken)")
        let unsound = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(formats: [Format(name: "2 columns")])
        }
        #expect(
            text(of: unsound) == "walkback: this program adds a trace format named '2 columns', but \(Self.unsound)")
    }

    @Test func `is a workload with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(workloads: [SecondDownload.self])
        }
        #expect(text(of: taken) == "walkback: this program adds a workload named 'download', but \(Self.taken)")
        let unsound = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(workloads: [Underlined.self])
        }
        #expect(text(of: unsound) == "walkback: this program adds a workload named 'down_load', but \(Self.unsound)")
    }

    @Test func `is not confused with a strategy that a path's name makes`() async {
        await #expect(processExitsWith: .success) {
            try StrategyRegistry.types.add(Starlink.self)
            #expect(try StrategyRegistry.strategy("tcp-starlink", over: ["wifi"]) is Starlink)
            let fault = #expect(throws: Fault.self) {
                try StrategyRegistry.strategy("tcp-starlink", over: ["wifi", "starlink"])
            }
            #expect(
                fault?.message
                    == "2 strategies are named 'tcp-starlink' over wifi and starlink; rename the one that this program "
                    + "adds, or the path")
        }
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
