// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Radios

extension Setting {
    /// All settings. Those of one section are adjacent.
    package static let all = mobility + oracle + transport + energy

    /// The names of the sections, in the order of `all`.
    package static let sections = all.reduce(into: [String]()) { sections, setting in
        if sections.last != setting.section { sections.append(setting.section) }
    }

    package static func of(_ section: String) -> [Setting] { all.filter { $0.section == section } }

    private static let upToAMinute = Duration.zero...Duration.seconds(60)
    private static let buffers = ByteCount(4096)...ByteCount(1_000_000_000)

    private static let mobility = [
        Setting(
            "mobility.mode", \.mobility.mode, .choice(Mobility.Mode.allCases.map(\.rawValue)),
            "what happens on the mobile host when it notices that a radio is gone; see [hand-offs](hand-offs.md)"),
        Setting(
            "mobility.detection", \.mobility.detection, .duration(upToAMinute, example: "200ms"),
            "the time from the loss of the link until the mobile host acts on it"),
        Setting(
            "mobility.acquisition", \.mobility.acquisition, .duration(upToAMinute, example: "500ms"),
            "the time from the return of the link until its address is usable. If this and `detection` are `0s`, the "
                + "attachment in the trace is used unchanged"),
        Setting(
            "mobility.warning", \.mobility.warning, .duration(upToAMinute, example: "1s"),
            "how long before the loss of a radio the mobile host sees it fading; `0s`: never"),
        Setting(
            "mobility.registration", \.mobility.registration, .duration(upToAMinute, example: "100ms"),
            otherwise: "the round-trip time of the path that it moves to",
            "`mobile-ip`: the time from the mobile host's move until its home agent knows of it"),
        Setting(
            "mobility.leave_signal_dbm", \.mobility.leaveSignal, .number(-120...0),
            "`mobile-ip`: the signal below which WiFi is left"),
        Setting(
            "mobility.signal_hysteresis_db", \.mobility.signalHysteresis, .number(0...60),
            "`mobile-ip`: the margin above that signal at which WiFi is used again"),
    ]

    private static let oracle = [
        Setting(
            "oracle.window", \.oracle.window, .duration(.seconds(1)...(.seconds(60)), example: "10s"),
            "the length of the windows for each of which Optimal TCP chooses a path; a multiple of 10 ms",
            objection: { settings in
                // Series have bins of 10 ms, and a window that ends inside one cannot be summed.
                settings.oracle.window.wholeNanoseconds.isMultiple(of: Series.binWidth.wholeNanoseconds)
                    ? nil : "window is not a multiple of 10 ms; write it like 'window: 10s'"
            }),
        Setting(
            "oracle.switching_cost", \.oracle.switchingCost, .duration(upToAMinute, example: "0.5s"),
            "how long built Optimal TCP is silent when it switches; shorter than the window",
            objection: { settings in
                settings.oracle.switchingCost < settings.oracle.window
                    ? nil : "switching_cost must be shorter than the window, because nothing is sent while it lasts"
            }),
    ]

    private static let transport = [
        Setting(
            "transport.congestion_control", \.transport.congestionControl,
            .kernelName(.congestionControl, example: "cubic"),
            "the congestion control of every connection: any that the kernel has, including the "
                + "[coupled](congestion-control.md) `lia` and `olia`. `compare --congestion-control` compares several"),
        Setting(
            "transport.initial_path", \.transport.initialPath, .path, otherwise: "the first attached path",
            "the path of the first SYN"),
        Setting(
            "transport.receive_buffer", \.transport.receiveBuffer, .size(buffers, example: "6MB"),
            "the upper limit of `tcp_rmem`"),
        Setting(
            "transport.initial_receive_buffer", \.transport.initialReceiveBuffer, .size(buffers, example: "2MB"),
            "the default of `tcp_rmem` ([why](strategies.md#what-the-kernel-does-by-itself-and-what-it-lacks)); "
                + "at most "
                + "`receive_buffer`",
            objection: { settings in
                settings.transport.initialReceiveBuffer <= settings.transport.receiveBuffer
                    ? nil
                    : "initial_receive_buffer is larger than receive_buffer, to which it grows; lower it, or "
                        + "raise receive_buffer"
            }),
        Setting(
            "transport.send_buffer", \.transport.sendBuffer, .size(buffers, example: "4MB"),
            "the upper limit of `tcp_wmem`"),
        Setting(
            "transport.scheduler", \.transport.scheduler, .kernelName(.scheduler, example: "default"),
            otherwise: "the kernel's default", "MPTCP's packet scheduler, `net.mptcp.scheduler`"),
        Setting(
            "transport.stale_loss_cnt", \.transport.staleLossCount, .count(0...1000),
            otherwise: "the kernel's default",
            "the number of retransmission periods without an acknowledgement after which a subflow is stale, "
                + "`net.mptcp.stale_loss_cnt`"),
    ]

    private static let energy = [
        Setting(
            "energy.model", \.energy.model, .choice(EnergyModel.all.map(\.name)),
            "the energy model for the decisions of strategies and for `energy_j`; see [energy](energy.md)"),
        Setting(
            "energy.probe", \.energy.probe, .duration(.seconds(1)...(.seconds(600)), example: "10s"),
            "how long every path is used to learn its rate. If the walk is not longer, the strategy only probes"),
        Setting(
            "energy.hold", \.energy.hold, .duration(.seconds(1)...(.seconds(3600)), example: "100s"),
            "how long the better radio is then used alone"),
        Setting(
            "energy.dwell", \.energy.dwell, .duration(.seconds(1)...(.seconds(3600)), example: "30s"),
            "the shortest time for which `mptcp-omniscient-damped` keeps a choice"),
        Setting(
            "energy.switching", \.energy.switching, .choice(EnergyPolicy.Switching.allCases.map(\.rawValue)),
            "whether an unused radio loses its subflow (`removal`) or keeps it as a backup (`priority`)"),
    ]
}
