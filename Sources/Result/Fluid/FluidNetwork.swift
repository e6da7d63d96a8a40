// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// The paths of a run and their state as it goes on.
struct FluidNetwork {
    var links: [FluidLink]
    let bins: Int
    var steps: Int { bins / 2 }
    private let offset: Int64
    private var next: Int64
    private var entries: ArraySlice<MobilitySchedule.Entry>
    /// Whether the mobile host configures paths that come and go; if not, they are simply there.
    private let isConfigured: Bool
    private static let step: Int64 = 20_000_000

    init?(_ plan: RunPlan, tables: [String: LinkTable]) {
        let schedule = MobilitySchedule(plan)
        offset = plan.offset.wholeNanoseconds
        bins = Int(plan.duration.wholeNanoseconds / Series.binWidth.wholeNanoseconds)
        isConfigured = !plan.hasHomeAddress
        entries = schedule.entries[...]
        next = entries.first?.time.wholeNanoseconds ?? .max
        links = []
        let zeros = [UInt32](repeating: 0, count: bins)
        for (path, isAttached) in zip(plan.paths, schedule.initiallyAttached) {
            guard let down = tables[path.downTable], let up = tables[path.upTable], Self.models(down), Self.models(up)
            else { return nil }
            var link = FluidLink(path, down: down, up: up, start: plan.offset, zeros: zeros)
            if !isAttached {
                _ = link.detach(0)
                link.isJoined = !isConfigured
            }
            links.append(link)
        }
    }

    /// Whether the link only delays and loses packets.
    private static func models(_ table: LinkTable) -> Bool {
        table.conditions.allSatisfy { $0.conditions == LinkConditions(delay: $0.delay, loss: $0.loss) }
    }

    /// The time on the trace's clock, in nanoseconds.
    @inline(__always)
    func instant(_ bin: Int) -> Int64 { offset + Int64(bin) * Self.step }

    /// The next entry that is due by `bin` and has not been carried out.
    @inline(__always)
    mutating func nextEntry(by bin: Int) -> MobilitySchedule.Entry? {
        instant(bin) >= next ? takeEntry() : nil
    }

    private mutating func takeEntry() -> MobilitySchedule.Entry? {
        let entry = entries.popFirst()
        next = entries.first?.time.wholeNanoseconds ?? .max
        return entry
    }

    /// - Returns: the bytes of the path's sender that were in flight and are lost.
    mutating func perform(_ entry: MobilitySchedule.Entry, _ bin: Int) -> Double {
        switch entry.action {
        case .radioDown: return links[entry.path].detach(bin)
        case .radioUp: links[entry.path].attach()
        case .join: links[entry.path].isJoined = true
        case .leave: links[entry.path].isJoined = !isConfigured
        case .fade, .renumber: break
        }
        return 0
    }

    var joined: [Bool] { links.map(\.isJoined) }
}
