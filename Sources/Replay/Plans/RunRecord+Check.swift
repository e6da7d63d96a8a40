// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Traces

/// A record comes from a guest, in which a program may have written anything. So its numbers are held against the plan
/// before anything is computed from them.
extension RunRecord {
    /// No run of at most a day moves more bytes than this, and no sum of as many numbers overflows.
    private static let mostBytes = ByteCount(1_000_000_000_000_000)
    private static let mostEvents = 1_000_000
    private static let mostNames = 10_000
    private static let longestText = 10_000

    /// - Parameter span: how long the run can have taken at most.
    /// - Throws: `Fault` that names the first thing that a run of this plan cannot have left.
    package func check(against plan: RunPlan, span: Duration) throws {
        func demand(_ isPossible: Bool, _ what: @autoclosure () -> String) throws {
            guard isPossible else {
                throw Fault(
                    .failed,
                    "run \(plan.id) handed over a record that it cannot have made: \(what()); run it again, and do not "
                        + "trust what runs in it")
            }
        }
        func bytes(_ value: ByteCount, _ what: @autoclosure () -> String) throws {
            try demand(value >= .zero && value <= Self.mostBytes, "\(what()) is \(value.bytes) bytes")
        }
        func text(_ value: String, _ what: @autoclosure () -> String) throws {
            try demand(value.utf8.count <= Self.longestText, "\(what()) is \(value.utf8.count) bytes long")
        }
        func time(_ value: Duration, _ what: @autoclosure () -> String) throws {
            try demand(value > .seconds(-60) && value <= span, "\(what()) is \(value.components.seconds) s")
        }
        try demand(schema == Self.currentSchema, "its schema is '\(schema.prefix(40))'")
        try time(measured, "its length")
        try demand(measured >= .zero, "its length is negative")
        try bytes(delivered, "what it delivered")
        try demand(
            others.count <= plan.connections.count + Direction.allCases.count, "it has \(others.count) other flows")
        for flow in others {
            try bytes(flow.delivered, "what '\(flow.name.prefix(40))' delivered")
            try text(flow.name, "the name of a flow")
        }
        try demand(exchanges.count <= Self.mostEvents, "it has \(exchanges.count) exchanges")
        for exchange in exchanges {
            try bytes(exchange.size, "an exchange")
            try time(exchange.start, "the start of an exchange")
            if let end = exchange.end {
                try time(end, "the end of an exchange")
                try demand(end >= exchange.start, "an exchange ends before it starts")
            }
        }
        try demand(
            links.count == plan.paths.count * Direction.allCases.count
                && Set(links.map { "\($0.path) \($0.direction)" }).count == links.count,
            "its links are not those of the plan")
        for link in links {
            let name = "\(link.path.prefix(40)), \(link.direction.prefix(10))link"
            try demand(plan.paths.contains { $0.name == link.path }, "it has a link of '\(link.path.prefix(40))'")
            for count in [
                link.arrived, link.droppedQueue, link.droppedLoss, link.droppedDetached, link.largestPacket,
            ] { try bytes(count, "a count of \(name)") }
            try demand((0...Self.mostBytes.bytes).contains(link.packets), "\(name) has \(link.packets) packets")
        }
        try demand(counters.count <= Self.mostNames && counterNames.count <= Self.mostNames, "it has too many counters")
        try demand(
            counters.values.allSatisfy { $0.magnitude <= UInt64(Self.mostBytes.bytes) }, "a counter is out of range")
        try demand(events.count <= Self.mostEvents, "it has \(events.count) events")
        for event in events {
            try time(event.time, "the time of an event")
            for part in [event.kind, event.path ?? "", event.detail ?? ""] { try text(part, "an event") }
        }
        for part in [kernelRelease, congestionControl, scheduler, interpreterVersion ?? "", failure ?? ""] {
            try text(part, "a text")
        }
        try demand(sysctls.count <= Self.mostNames, "it has too many settings of the kernel")
        for (name, value) in sysctls { try text(name + value, "a setting of the kernel") }
    }
}

extension Series {
    /// The largest size in bytes of the encoded series of a run of this plan.
    package static func largest(of plan: RunPlan, span: Duration) -> ByteCount {
        let bins = span.components.seconds * 100 + 100
        let flows = plan.connections.count + Direction.allCases.count
        let columns = flows + 4 * plan.paths.count * Direction.allCases.count + 2 * plan.paths.count
        return ByteCount(4 * bins * Int64(columns) + 1000)
    }
}
