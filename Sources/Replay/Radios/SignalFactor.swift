// SPDX-License-Identifier: Apache-2.0
/// The factor by which a weak signal raises the power for carrying data: linear between given points, constant outside
/// them.
package struct SignalFactor: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        /// The signal in dBm.
        package var signal: Double
        package var factor: Double

        package init(signal: Double, factor: Double) {
            self.signal = signal
            self.factor = factor
        }
    }

    /// The points, from the strongest signal to the weakest.
    private let points: [Point]

    /// - Parameter points: in any order.
    package init(points: [Point]) {
        self.points = points.sorted { $0.signal > $1.signal }
    }

    /// PAPER section 5: 1.0 at -70 dBm and better, 1.2 at -90, 1.5 at -105 and worse.
    package static let standard = SignalFactor(points: [
        Point(signal: -70, factor: 1), Point(signal: -90, factor: 1.2), Point(signal: -105, factor: 1.5),
    ])

    /// - Parameter signal: in dBm; an unknown signal costs nothing extra.
    package func factor(at signal: Double?) -> Double {
        guard let signal, let strongest = points.first, let weakest = points.last else { return 1 }
        if signal >= strongest.signal { return strongest.factor }
        for (high, low) in zip(points, points.dropFirst()) where signal >= low.signal {
            let part = (high.signal - signal) / (high.signal - low.signal)
            return high.factor + (low.factor - high.factor) * part
        }
        return weakest.factor
    }
}
