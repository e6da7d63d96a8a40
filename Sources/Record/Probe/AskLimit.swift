// SPDX-License-Identifier: Apache-2.0

/// How often each network may ask in a second. The memory is fixed, so that forged addresses can neither fill it nor
/// push honest ones out: each network counts in one of many places, which a secret chooses. A network that shares its
/// place with others is limited too early, but so many places are seldom shared: 25,000 forged addresses a second put
/// 0.1 greetings on each of them.
struct AskLimit {
    static let most: UInt8 = 20
    private static let places = 1 << 18
    private var asked = [UInt8](repeating: 0, count: places)
    private var second: Int64 = 0
    private let secret = UInt64.random(in: 0...UInt64.max)

    /// Counts one more question.
    ///
    /// - Returns: false if the network has asked too often in this second.
    mutating func allows(_ network: [UInt8], at now: Int64) -> Bool {
        if now / 1_000_000_000 != second {
            second = now / 1_000_000_000
            for place in asked.indices { asked[place] = 0 }
        }
        // The standard library's hash is SipHash, with a secret of this process.
        var hasher = Hasher()
        hasher.combine(secret)
        hasher.combine(network)
        let place = Int(UInt(bitPattern: hasher.finalize()) % UInt(Self.places))
        guard asked[place] < Self.most else { return false }
        asked[place] += 1
        return true
    }
}
