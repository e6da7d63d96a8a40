// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// The fluid model's prediction of one run.
package struct FluidRun: Sendable {
    /// In-order application bytes per `Series.binWidth` from the first SYN on, and the IP bytes of each link: the same
    /// as a run on the kernel records, except delays.
    package let series: Series
    package let delivered: ByteCount

    /// The keys of the settings that the model takes into account, or that change only what is computed from its
    /// results. A new setting is not modelled until it is added here.
    package static let settings: Set = [
        "mobility.mode", "mobility.detection", "mobility.acquisition", "mobility.leave_signal_dbm",
        "mobility.signal_hysteresis_db", "oracle.window", "oracle.switching_cost", "transport.congestion_control",
        "transport.initial_path", "transport.send_buffer", "energy.model", "energy.probe", "energy.hold",
        "energy.dwell", "energy.switching",
    ]

    /// nil if the plan is not modelled: a workload other than an endless download; a congestion control other than
    /// reno, cubic and lia; an MPTCP strategy other than `mptcp`; or `mptcp` with several subflows on a path or in a
    /// mobility mode other than `informed`. Also nil if `tables` lacks a table that the plan names.
    ///
    /// - Throws: `Fault` if the plan names a path that it does not have.
    package init?(plan: RunPlan, tables: [String: LinkTable]) throws {
        guard plan.workload.isBulk, plan.workload.directions == [.down], plan.workload.size == nil,
            let network = FluidNetwork(plan, tables: tables)
        else { return nil }
        let control: CongestionWindow.Control
        switch plan.transport.congestionControl {
        case "cubic": control = .cubic
        case "reno": control = .reno
        case "lia": control = plan.usesMPTCP ? .lia : .reno
        default: return nil
        }
        let outcome: (delivered: [UInt32], links: [FluidLink])
        if var single = try SinglePath(plan, network, control) {
            outcome = single.run()
        } else if var multiple = try MultiPath(plan, network, control) {
            outcome = multiple.run()
        } else {
            return nil
        }
        series = Series(delivered: outcome.delivered, links: outcome.links.flatMap(\.series))
        delivered = ByteCount(outcome.delivered.reduce(0) { $0 + Int64($1) })
    }
}
