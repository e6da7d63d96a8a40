// SPDX-License-Identifier: Apache-2.0
/// CUBIC's growth, in segments and seconds.
struct Cubic {
    /// The factor of a reduction, 717/1024.
    static let decrease = 0.7001953125
    private static let scale = 0.4
    /// The growth factor of the window that Reno would have: 3 (1 - decrease) / (1 + decrease).
    private static let friendliness = 3 * (1 - decrease) / (1 + decrease)

    private var start: Double?
    private var last = 0.0
    private var origin = 0.0
    private var inflection = 0.0
    private var reno = 0.0

    mutating func lose(window: Double) {
        // Fast convergence.
        last = window < last ? window * (1 + Self.decrease) / 2 : window
        start = nil
    }

    mutating func rest() { start = nil }

    /// How much the window grows while `acknowledged` segments are acknowledged.
    mutating func increase(window: Double, by acknowledged: Double, at now: Double, least: Double) -> Double {
        if start == nil {
            start = now
            reno = window
            origin = max(window, last)
            inflection = window < last ? Self.cubeRoot((last - window) / Self.scale) : 0
        }
        let time = now + least - (start ?? now) - inflection
        let target = origin + Self.scale * time * time * time
        var acknowledgements = target > window ? window / (target - window) : 100 * window
        if last == 0 { acknowledgements = min(acknowledgements, 20) }
        reno += acknowledged * Self.friendliness / window
        if reno > window { acknowledgements = min(acknowledgements, window / (reno - window)) }
        return acknowledged / max(2, acknowledgements)
    }

    /// Newton's method, from above. It uses no mathematics library, so every machine computes the same result.
    private static func cubeRoot(_ value: Double) -> Double {
        var root = max(1, value)
        for _ in 0..<40 {
            let next = (2 * root + value / (root * root)) / 3
            if root - next < 1e-9 * root { break }
            root = next
        }
        return root
    }
}
