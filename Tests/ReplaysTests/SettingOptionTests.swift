// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Replays
import Settings
import Testing

/// `--set KEY=VALUE`, over a replay that sets some values itself.
@Suite struct `A setting given as an option` {
    @Test func `replaces the replay's, and leaves the others`() throws {
        var replay = try load(goodReplay)
        var expected = replay.settings
        expected.transport.sendBuffer = ByteCount(2_000_000)
        expected.mobility.registration = .milliseconds(80)
        expected.transport.initialPath = "cellular"
        for option in [
            "transport.send_buffer=2MB", "mobility.registration=80ms", "transport.initial_path=cellular",
        ] {
            try replay.use(option)
        }
        #expect(replay.settings == expected)
    }

    @Test func `takes the place of what the replay asks of the kernel`() throws {
        var replay = try load(goodReplay)
        #expect(replay.demands.map(\.name) == ["reno"])
        try replay.use("transport.congestion_control=lia")
        try replay.use("transport.scheduler=blest")
        let option = "--set transport."
        #expect(
            replay.demands == [
                KernelDemand(.congestionControl, "lia", at: "\(option)congestion_control"),
                KernelDemand(.scheduler, "blest", at: "\(option)scheduler"),
            ])
    }

    @Test(arguments: [
        ("transport.send_buffer", "sets nothing; write it like --set transport.send_buffer=3MB"),
        ("transport.send_buffer=", "sets nothing"),
        (
            "transport.sendbuffer=1MB",
            "names 'transport.sendbuffer', which is not a setting; did you mean 'transport.send_buffer'?"
        ),
        ("seeds=3", "names 'seeds', which is not a setting; choose from: mobility.mode, "),
        ("transport.send_buffer=5", "--set transport.send_buffer:1:1: send_buffer '5' is not a size with its unit"),
        ("mobility.detection=2h", "detection '2h' is out of range; choose one from 0 s to 60 s"),
        ("mobility.mode=[carrier]", "'mode' must be a single value"),
        ("transport.initial_path=lan", "unknown initial_path 'lan'; choose from: wifi, cellular"),
        ("transport.receive_buffer=500kB", "initial_receive_buffer is larger than receive_buffer, to which it grows"),
        ("oracle.window=1001ms", "window is not a multiple of 10 ms"),
    ])
    func `is refused by name, and changes nothing`(option: String, words: String) throws {
        var replay = try load(goodReplay)
        let before = replay
        let fault = #expect(throws: Fault.self) { try replay.use(option) }
        #expect(fault?.code == .usage)
        #expect(
            fault?.message.hasPrefix("--set") == true && fault?.message.contains(words) == true,
            "\(fault?.message ?? "")")
        #expect(replay == before)
    }
}
