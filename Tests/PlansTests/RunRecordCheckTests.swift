// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Testing
import Traces

@testable import Plans

/// What a program in a guest may have written in the place of its record.
@Suite struct `A record that was forged` {
    private static let plan = RunPlan(
        id: "mptcp.1", strategy: .mptcp, connections: [.mptcp(begins: .preferred)], seed: 1,
        paths: ["wifi", "cellular"].map {
            RunPlan.Path(name: $0, kind: .other, downTable: "d", upTable: "u", attachments: [])
        }, offset: .zero, duration: .seconds(10), workload: Workload(), transport: Transport(), mobility: Mobility())

    private static let honest: RunRecord = {
        var record = RunRecord(id: "mptcp.1")
        record.measured = .seconds(10)
        record.delivered = ByteCount(1_000_000)
        record.links = ["wifi", "cellular"].flatMap { path in
            Direction.allCases.map { RunRecord.Link(path: path, direction: $0.rawValue) }
        }
        record.events = [.init(time: .seconds(-1), kind: "attached", path: "wifi")]
        record.exchanges = [.init(start: .seconds(1), end: .seconds(2), size: ByteCount(10))]
        record.others = [.init(name: "upload", direction: .up, delivered: ByteCount(5), verified: true)]
        record.counters = ["mobile.Tcp.OutSegs": 7]
        return record
    }()

    @Test func `is told from an honest one`() throws {
        try Self.honest.check(against: Self.plan, span: Self.plan.duration)
    }

    struct Forgery: Sendable, CustomStringConvertible {
        var description: String
        var forge: @Sendable (inout RunRecord) -> Void
    }

    static let forgeries = [
        Forgery(description: "its schema is") { $0.schema = "walkback.record/9" },
        Forgery(description: "its length is") { $0.measured = .seconds(11) },
        Forgery(description: "its length is negative") { $0.measured = .seconds(-1) },
        Forgery(description: "its length is") {
            $0.measured = Duration(secondsComponent: .max, attosecondsComponent: 0)
        },
        Forgery(description: "what it delivered is") { $0.delivered = ByteCount(.max) },
        Forgery(description: "what it delivered is") { $0.delivered = ByteCount(-1) },
        Forgery(description: "other flows") { $0.others = Array(repeating: $0.others[0], count: 9) },
        Forgery(description: "what 'upload' delivered") { $0.others[0].delivered = ByteCount(.min) },
        Forgery(description: "the name of a flow") { $0.others[0].name = String(repeating: "x", count: 20_000) },
        Forgery(description: "an exchange is") { $0.exchanges[0].size = ByteCount(.max) },
        Forgery(description: "the start of an exchange") { $0.exchanges[0].start = .seconds(1_000_000) },
        Forgery(description: "the end of an exchange") { $0.exchanges[0].end = .seconds(11) },
        Forgery(description: "ends before it starts") { $0.exchanges[0].end = .milliseconds(500) },
        Forgery(description: "exchanges") { $0.exchanges = Array(repeating: $0.exchanges[0], count: 1_000_001) },
        Forgery(description: "its links are not") { $0.links.removeLast() },
        Forgery(description: "its links are not") { $0.links[1] = $0.links[0] },
        Forgery(description: "a link of 'satellite'") { $0.links[0].path = "satellite" },
        Forgery(description: "a count of wifi") { $0.links[0].arrived = ByteCount(.max) },
        Forgery(description: "a count of wifi") { $0.links[0].droppedLoss = ByteCount(-5) },
        Forgery(description: "-1 packets") { $0.links[0].packets = -1 },
        Forgery(description: "a counter is out of range") { $0.counters["x"] = .min },
        Forgery(description: "too many counters") {
            $0.counterNames = Array(repeating: "x", count: 10_001)
        },
        Forgery(description: "the time of an event") { $0.events[0].time = .seconds(-100) },
        Forgery(description: "events") { $0.events = Array(repeating: $0.events[0], count: 1_000_001) },
        Forgery(description: "an event is") { $0.events[0].detail = String(repeating: "x", count: 20_000) },
        Forgery(description: "a text is") { $0.failure = String(repeating: "x", count: 20_000) },
        Forgery(description: "a setting of the kernel") { $0.sysctls["a"] = String(repeating: "x", count: 20_000) },
    ]

    @Test(arguments: forgeries)
    func `is refused in a sentence`(forgery: Forgery) throws {
        var record = Self.honest
        forgery.forge(&record)
        let fault = #expect(throws: Fault.self) { try record.check(against: Self.plan, span: Self.plan.duration) }
        #expect(fault?.message.contains(forgery.description) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("mptcp.1 handed over a record that it cannot have made") == true)
    }

    @Test(arguments: [
        [UInt32.max, .max, 4, 2, .max], [1, .max, 4, 2, 0], [.max, 0, 4, 2, 0], [0, 0, 4, 2, .max], [0, 0, 4, .max, 0],
        [1 << 31, 1 << 31, 4, 2, 1 << 31],
    ])
    func `has no series either`(header: [UInt32]) {
        let links = ["wifi", "cellular"].flatMap { path in Direction.allCases.map { (path: path, direction: $0) } }
        for length in [0, 3, 1000] {
            let words = header + [UInt32](repeating: 0, count: length)
            let bytes = words.map(\.littleEndian).withUnsafeBytes { Array($0) }
            #expect(Series(bytes, links: links) == nil)
        }
    }
}
