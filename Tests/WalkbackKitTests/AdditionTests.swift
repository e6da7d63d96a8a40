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

/// Each runs in a process of its own, because `Walkback.main` ends the process.
@Suite struct `What a program adds` {
    private static let taken = "that name is taken; rename it, or add it only once\n"

    private func text(of result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func `is a strategy with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(adding: [Taken.self])
        }
        #expect(
            text(of: taken) == "walkback: this program adds a strategy named 'mptcp-scheduler', but \(Self.taken)")
    }

    @Test func `is a bound with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(bounds: [Optimal.self])
        }
        #expect(text(of: taken) == "walkback: this program adds a bound named 'optimal', but \(Self.taken)")
    }

    @Test func `is a trace format with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(formats: [Format(name: "mahimahi")])
        }
        #expect(text(of: taken) == "walkback: this program adds a trace format named 'mahimahi', but \(Self.taken)")
    }

    @Test func `is a workload with a name of its own`() async {
        let taken = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Walkback.main(workloads: [SecondDownload.self])
        }
        #expect(text(of: taken) == "walkback: this program adds a workload named 'download', but \(Self.taken)")
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
}
