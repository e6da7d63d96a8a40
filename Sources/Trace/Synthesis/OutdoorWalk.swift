// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// A walk or a drive outdoors with WiFi here and there and 3G everywhere, after section 3.2 of Raiciu, Niculescu,
/// Bagnulo, Handley: *Opportunistic Mobility with Multipath TCP* (MobiArch 2011).
///
/// Synthetic: no radio was recorded. Only additions, multiplications, divisions and square roots are used, so that a
/// seed gives the same bytes on every machine. Walks of one seed that differ only in WiFi parameters have the same 3G.
package enum OutdoorWalk {
    static let step = Duration.milliseconds(100)

    /// 19 packets: the WiFi buffer of the paper's simulator.
    private static let wifiQueue = ByteCount(19 * 1500)

    /// One sample per 100 ms of each path.
    package static func generate(_ parameters: OutdoorParameters) -> (wifi: PathTrace, cellular: PathTrace) {
        (wifi(parameters), cellular(parameters))
    }

    package static func wifi(_ parameters: OutdoorParameters) -> PathTrace {
        PathTrace(
            name: "wifi", kind: .wifi, duration: parameters.duration, queueDown: wifiQueue, queueUp: wifiQueue,
            source: "synthetic: \(parameters.command(cellular: false))",
            samples: wifi(parameters, steps: steps(parameters)))
    }

    package static func cellular(_ parameters: OutdoorParameters) -> PathTrace {
        let queue = ByteCount(
            // As in the paper's simulator: 12 BDP and 3 packets.
            Int64((12 * parameters[.cellularMean] * 1e6 / 8 * parameters[.cellularRTT]).rounded()) + 3 * 1500)
        return PathTrace(
            name: "cellular", kind: .cellular, duration: parameters.duration, queueDown: queue, queueUp: queue,
            source: "synthetic: \(parameters.command(cellular: true))",
            samples: cellular(parameters, steps: steps(parameters)))
    }

    private static func steps(_ parameters: OutdoorParameters) -> Int {
        Int(parameters.duration.wholeNanoseconds / step.wholeNanoseconds)
    }

    private static func wifi(_ parameters: OutdoorParameters, steps: Int) -> [PathTrace.Sample] {
        let delay = Duration.nanoseconds(Int64((parameters[.wifiRTT] * 5e8).rounded()))
        return OutdoorWiFi(parameters, step: step, steps: steps).receptions().enumerated().map { index, reception in
            PathTrace.Sample(
                time: step * index, down: .init(rate: IndoorWalk.rate(megabits: reception?.down ?? 0), delay: delay),
                up: .init(rate: IndoorWalk.rate(megabits: reception?.up ?? 0), delay: delay),
                attached: reception != nil, signal: reception?.signal)
        }
    }

    private static func cellular(_ parameters: OutdoorParameters, steps: Int) -> [PathTrace.Sample] {
        let delay = Duration.nanoseconds(Int64((parameters[.cellularRTT] * 5e8).rounded()))
        return OutdoorCellular.receptions(parameters, step: step, steps: steps).enumerated().map { index, reception in
            PathTrace.Sample(
                time: step * index, down: .init(rate: IndoorWalk.rate(megabits: reception.down), delay: delay),
                up: .init(rate: IndoorWalk.rate(megabits: reception.up), delay: delay), attached: true,
                signal: reception.signal)
        }
    }
}
