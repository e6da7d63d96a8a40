// SPDX-License-Identifier: Apache-2.0
import Determinism
import Synthesis

extension OutdoorWalk {
    package static func replayFileName(_ parameters: OutdoorParameters) -> String {
        "\(parameters.movement.rawValue).yaml"
    }

    package static func traceFileName(_ path: String, _ parameters: OutdoorParameters) -> String {
        "\(parameters.movement.rawValue).\(path).trace.csv"
    }

    /// The replay of a generated walk. A car's dead time at the start of an association is part of its trace; a
    /// walker's host takes the same time to join as on the indoor walk.
    package static func replay(_ parameters: OutdoorParameters) -> String {
        let acts =
            parameters.movement == .driving
            ? "detection: 0ms, acquisition: 0ms" : "detection: 200ms, acquisition: 500ms"
        // Without WiFi, strategies that need it are left out.
        let strategies =
            parameters.coverage > 0
            ? "tcp-wifi, tcp-cellular, tcp-wifi-reconnect, wifi-first, optimal-built, mptcp" : "tcp-cellular, mptcp"
        return """
            # \(parameters.movement == .driving ? "A drive" : "A walk") outdoors: WiFi for \
            \((parameters.coverage * 100).text()) % of the time on average, 3G throughout. SYNTHETIC: generated after \
            Raiciu,
            # Niculescu, Bagnulo, Handley: Opportunistic Mobility with Multipath TCP (MobiArch 2011), section 3.2; not \
            recorded.
            # WiFi: \(parameters.command(cellular: false))
            # 3G: \(parameters.command(cellular: true))
            name: \(parameters.movement.rawValue)
            paths:
              wifi:     {kind: wifi, trace: \(traceFileName("wifi", parameters))}
              cellular: {kind: cellular, trace: \(traceFileName("cellular", parameters))}
            workload: {kind: download, duration: trace}
            strategies: [\(strategies)]
            seeds: 3
            mobility: {mode: informed, \(acts)}
            oracle: {window: 10s}
            transport: {congestion_control: cubic, receive_buffer: 6MB, send_buffer: 4MB}

            """
    }
}
