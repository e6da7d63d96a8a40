import Plans
import Quantities
import Traces

/// Which paths an MPTCP strategy uses, decided from what the mobile host may know at the time: what is joined, and what each
/// path has carried so far.
package struct PathPolicy {
    private enum Rule {
        /// The same for good.
        case fixed([PathUse])
        /// The preferred path of those that are joined, alone.
        case single
        /// As a schedule says that was made before the run.
        case selected([PathSelection])
        case scheduled(EnergyScheduler)
    }

    private var rule: Rule
    private let order: [Int]
    private let offset: Duration
    private let others: PathUse
    /// Whether the path that is left goes before the one that is taken comes.
    package let breaksBeforeMaking: Bool

    /// - Throws: `Fault` for an energy model that there is not.
    package init(_ plan: RunPlan) throws {
        order = RunPlan.preference(among: plan.paths)
        offset = plan.offset
        others = plan.energy.switching == .removal ? .none : .backup
        breaksBeforeMaking = plan.strategy == .mptcpSingle
        switch plan.strategy {
        case .mptcpBackup:
            rule = .fixed(plan.paths.map { $0.kind == .wifi ? .full : .backup })
        case .mptcpSingle:
            rule = .single
        case .mptcpOmniscient, .mptcpOmniscientDamped:
            rule = .selected(plan.selections)
        case .mptcpScheduler, .mptcpSmartScheduler:
            rule = .scheduled(try EnergyScheduler(plan))
        case .mptcp, .mptcpCompeting:
            rule = .fixed(plan.paths.map { _ in .full })
        // Without MPTCP there is nothing to tell it.
        case .tcp, .tcpReconnect, .wifiFirst, .wifiFirstIdeal, .mobileIP, .optimalBuilt:
            rule = .fixed(plan.paths.map { _ in .full })
        }
    }

    /// How every path is to be used from now on.
    ///
    /// - Parameters:
    ///   - time: since the first SYN.
    ///   - joined: whether each path's address is usable.
    ///   - arrived: what a path has carried so far, both directions.
    package mutating func decide(
        at time: Duration, joined: [Bool], arrived: (Int) -> ByteCount
    ) -> [PathUse] {
        switch rule {
        case .fixed(let uses):
            return uses
        case .single:
            let path = order.first { joined[$0] }
            return joined.indices.map { $0 == path ? .full : .none }
        case .selected(let selections):
            let present = selections.last { $0.time <= time + offset }
            return uses(of: present?.paths ?? [], joined: joined)
        case .scheduled(var scheduler):
            let paths = scheduler.decide(at: time, joined: joined, arrived: arrived)
            rule = .scheduled(scheduler)
            return uses(of: paths, joined: joined)
        }
    }

    /// Where none of the chosen is there, any will do.
    private func uses(of chosen: [Int], joined: [Bool]) -> [PathUse] {
        guard chosen.contains(where: { joined[$0] }) else { return joined.map { _ in .full } }
        return joined.indices.map { chosen.contains($0) ? .full : others }
    }
}
