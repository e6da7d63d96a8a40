// SPDX-License-Identifier: Apache-2.0
import Documents
import Replays
import Sweeps
import System
import Traces

extension FuzzTargets {
    static let replays = [
        FuzzTarget("replay", seeds: { ReplaySeeds.replays.map { Array($0.utf8) } }) { input in
            let replay = try Replay.parse(InputFile(path: "replay.yaml", bytes: input)) { WalkSeeds.file($0) }
            for table in replay.tables().values { _ = table.encoded() }
            for strategy in replay.strategies where !replay.namedCommands.contains(where: { $0.name == strategy }) {
                _ = try replay.plan(strategy: strategy, seed: replay.seedValues.last ?? 1)
            }
        },
        FuzzTarget("sweep", seeds: { ReplaySeeds.sweeps.map { Array($0.utf8) } }) { input in
            for name in ["wifi.trace.csv", "cell.trace.csv"] { try Scratch.write(name, WalkSeeds.file(name).bytes) }
            try Scratch.write("replay.yaml", Array(ReplaySeeds.replays[0].utf8))
            let path = try Scratch.write("sweep.yaml", input)
            for quick in [false, true] {
                // Most sweeps have no quick form.
                guard let sweep = quick ? try? Sweep.load(path, quick: true) : try Sweep.load(path), sweep.cellCount > 0
                else { continue }
                for index in Set([0, sweep.cellCount - 1]) {
                    _ = sweep.title(of: index)
                    _ = try sweep.replay(of: index)
                }
            }
        },
    ]
}

enum ReplaySeeds {
    /// Between them they have every key.
    static let replays = [
        """
        name: walk
        paths:
          wifi:     {kind: wifi, trace: wifi.trace.csv}
          cellular: {kind: cellular, trace: cell.trace.csv}
        workload: {kind: download, duration: trace}
        strategies: [tcp-wifi, tcp-cellular-reconnect, optimal-built, mptcp, wifi-first, mobile-ip, mptcp-energy-smart]
        seeds: 3
        mobility: {mode: informed, detection: 200ms, acquisition: 500ms}
        oracle: {window: 1s, switching_cost: 0.5s}
        transport: {congestion_control: cubic, initial_path: wifi, receive_buffer: 6MB, send_buffer: 4MB}
        energy: {model: hybrid, probe: 1s, hold: 2s, dwell: 1s, switching: removal}
        gates:
          mptcp/optimal: ">= 0.9"
          mptcp/longest-gap: "<= 3s"
          mptcp/counter mobile.MPTcpExt.MPJoinSynTx: ">= 1"

        """,
        """
        name: opportunities
        paths:
          wifi: {family: ipv6, opportunities: [a.down, a.up], rtt: 20ms, queue_down: 100kB, queue_up: 50kB,
                 duration: 4s, detach_after: 1s, kind: wifi}
          lte:  {kind: cellular, family: both, trace: cell.trace.csv, address_changes: [1s, 2s], subflows: 2}
        workload: {kind: requests, size: 20kB, sigma: 1.5, think: 100ms}
        strategies:
          - mptcp
          - {name: mine, command: ./policy.py --fast}
        bars: {mptcp/optimal: ">= 1.0"}

        """,
        "name: default\npaths: {wifi: {trace: wifi.trace.csv}}\nworkload: {kind: upload, bytes: 1MB}\n",
        """
        name: frames
        paths: {wifi: {trace: wifi.trace.csv}}
        workload: {kind: stream, rate: 2Mbit, interval: 40ms, deadline: 400ms}
        strategies: [mptcp]

        """,
    ]

    static let sweeps = [
        """
        name: small
        generate: {movement: walking, duration: 10s, wifi-coverage: 50%, cellular-mean: 1.24Mb/s}
        grid:
          walk: 1..3
          calibration: [published, table-fitted]
        set: {transport.congestion_control: lia}
        strategies: [tcp-cellular, mptcp]
        seeds: 1
        quick:
          grid: {walk: 1..2}

        """,
        """
        name: settings
        replay: replay.yaml
        set: {mobility.detection: 100ms}
        grid:
          transport.send_buffer: [1MB, 2MB]
          oracle.window: 1s

        """,
        "name: driving\ngenerate: {movement: driving, duration: 10s}\ngrid: {wifi-coverage: 0%..100% step 50%}\n",
    ]
}
