// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// Twelve minutes through a building with a laptop's WiFi and a 3G dongle, after the description in section 3.1 of
/// Raiciu, Niculescu, Bagnulo, Handley: *Opportunistic Mobility with Multipath TCP* (MobiArch 2011). The walk covers a
/// floor with poor 3G, the stairs down, and another floor with better 3G. Both links vary, and each loses reception for
/// some periods.
///
/// Synthetic: no radio was recorded. Its parameters were chosen once, from the description and from what such radios
/// commonly give, before anything was replayed; none was fitted to what the paper found out about Multipath TCP.
/// Everything is computed with additions, multiplications, divisions and square roots, so that a seed gives the same
/// bytes on every machine.
package enum IndoorWalk {
    package static let duration = Duration.seconds(720)
    package static let step = Duration.milliseconds(100)
    static let steps = 7200

    /// - Returns: the two traces, each with one sample per 100 ms.
    package static func generate(seed: UInt64) -> (wifi: PathTrace, cellular: PathTrace) {
        let source = "synthetic: walkback synth indoor --seed \(seed)"
        let wifi = IndoorWiFi.samples(seed: seed)
        let lost = IndoorCellular.losses(seed: seed, avoiding: wifi.map { !$0.attached })
        return (
            PathTrace(
                name: "wifi", kind: .wifi, duration: duration, queueDown: IndoorWiFi.queue, queueUp: IndoorWiFi.queue,
                source: source, samples: wifi),
            PathTrace(
                name: "cellular", kind: .cellular, duration: duration, queueDown: IndoorCellular.queueDown,
                queueUp: IndoorCellular.queueUp, source: source, samples: IndoorCellular.samples(seed: seed, lost: lost)
            )
        )
    }

    /// The part of the building that the walker is in.
    enum Part {
        case upperFloor, stairs, lowerFloor

        /// Five minutes on the floor with poor 3G, 40 s on the stairs, the rest on the floor with better 3G.
        init(step: Int) {
            switch step {
            case ..<3000: self = .upperFloor
            case ..<3400: self = .stairs
            default: self = .lowerFloor
            }
        }
    }

    static func time(_ step: Int) -> Duration { .milliseconds(100 * step) }

    /// Rounds to three significant digits of Mb/s, which is as precise as a radio trace can be.
    static func rate(megabits value: Double) -> DataRate {
        DataRate(bitsPerSecond: (value.rounded(toSignificantDigits: 3) * 1e6).rounded())
    }
}
