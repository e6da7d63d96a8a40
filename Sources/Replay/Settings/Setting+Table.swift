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
            "from the loss of the link until the mobile host acts on it"),
        Setting(
            "mobility.acquisition", \.mobility.acquisition, .duration(upToAMinute, example: "500ms"),
            "from the return of the link until its address is usable. If this and the detection are `0s`, the trace's "
                + "attachment is taken as it is"),
        Setting(
            "mobility.warning", \.mobility.warning, .duration(upToAMinute, example: "1s"),
            "how long before a radio goes the mobile host sees it fading; `0s`: never"),
        Setting(
            "mobility.registration", \.mobility.registration, .duration(upToAMinute, example: "100ms"),
            otherwise: "the round-trip time of the path that it moves to",
            "`mobile-ip`: from the mobile host's move until its home agent has heard of it"),
        Setting(
            "mobility.leave_signal_dbm", \.mobility.leaveSignal, .number(-120...0),
            "`mobile-ip`: the signal below which WiFi is left"),
        Setting(
            "mobility.signal_hysteresis_db", \.mobility.signalHysteresis, .number(0...60),
            "`mobile-ip`: how far above that signal WiFi is taken again"),
    ]

    private static let oracle = [
        Setting(
            "oracle.window", \.oracle.window, .duration(.seconds(1)...(.seconds(60)), example: "10s"),
            "for how long Optimal TCP stays with a path; a multiple of 10 ms",
            objection: { settings in
                // Series have bins of 10 ms, and a window that ends inside one cannot be summed.
                settings.oracle.window.wholeNanoseconds.isMultiple(of: Series.binWidth.wholeNanoseconds)
                    ? nil : "window is no multiple of 10 ms; write it as in 'window: 10s'"
            }),
        Setting(
            "oracle.switching_cost", \.oracle.switchingCost, .duration(upToAMinute, example: "0.5s"),
            "how long built Optimal TCP is silent when it switches; shorter than the window",
            objection: { settings in
                settings.oracle.switchingCost < settings.oracle.window
                    ? nil : "switching_cost must be shorter than the window, or nothing is ever sent"
            }),
    ]

    private static let transport = [
        Setting(
            "transport.congestion_control", \.transport.congestionControl,
            .kernelName(.congestionControl, example: "cubic"),
            "that of every connection; any that the kernel has, including the [coupled](congestion-control.md) "
                + "`lia` and "
                + "`olia`. `compare --congestion-control` compares several"),
        Setting(
            "transport.initial_path", \.transport.initialPath, .path, otherwise: "the first that is attached",
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
                    : "initial_receive_buffer is larger than the receive_buffer it grows to; make it smaller, "
                        + "or that larger"
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
            "after how many retransmission periods without an acknowledgement a subflow counts as stale, "
                + "`net.mptcp.stale_loss_cnt`"),
    ]

    private static let energy = [
        Setting(
            "energy.model", \.energy.model, .choice(EnergyModel.all.map(\.name)),
            "the model by which strategies decide and `energy_j` is counted; see [energy](energy.md)"),
        Setting(
            "energy.probe", \.energy.probe, .duration(.seconds(1)...(.seconds(600)), example: "10s"),
            "for how long every path is used to learn its rate. In a walk that is no longer, the strategy only probes"),
        Setting(
            "energy.hold", \.energy.hold, .duration(.seconds(1)...(.seconds(3600)), example: "100s"),
            "for how long the better radio is then used alone"),
        Setting(
            "energy.dwell", \.energy.dwell, .duration(.seconds(1)...(.seconds(3600)), example: "30s"),
            "how long `mptcp-omniscient-damped` stays with each choice at least"),
        Setting(
            "energy.switching", \.energy.switching, .choice(EnergyPolicy.Switching.allCases.map(\.rawValue)),
            "whether a radio that is not used loses its subflow (`removal`) or keeps it as a backup (`priority`)"),
    ]
}
