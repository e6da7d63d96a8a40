// SPDX-License-Identifier: Apache-2.0
import Synthesis

extension IndoorWalk {
    package static let replayFileName = "indoor-walk.yaml"

    package static func traceFileName(_ path: String) -> String { "indoor-walk.\(path).trace.csv" }

    /// The replay of a generated walk. Detection and acquisition are not 0 as they are for recorded walks, because the
    /// generator says when a radio is out of reach, and not when its driver noticed.
    package static func replay(seed: UInt64) -> String {
        """
        # Twelve minutes through a building: a floor with poor 3G, down the stairs, a floor with better 3G, WiFi all
        # along it, each lost for periods. SYNTHETIC: generated after the description of a recorded walk (Raiciu,
        # Niculescu, Bagnulo, Handley: Opportunistic Mobility with Multipath TCP, MobiArch 2011, section 3.1), not
        # recorded, and not fitted to that paper's result. Made by: walkback synth indoor --seed \(seed)
        name: indoor-walk
        paths:
          wifi:     {kind: wifi, trace: \(traceFileName("wifi"))}
          cellular: {kind: cellular, trace: \(traceFileName("cellular"))}
        workload: {kind: download, duration: trace}
        strategies: [tcp-wifi, tcp-cellular, tcp-wifi-reconnect, tcp-cellular-reconnect, optimal-built, mptcp]
        seeds: 3
        mobility: {mode: informed, detection: 200ms, acquisition: 500ms}
        oracle: {window: 10s}
        transport: {congestion_control: cubic, initial_path: wifi, receive_buffer: 6MB, send_buffer: 4MB}

        """
    }
}
