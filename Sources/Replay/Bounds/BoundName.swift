// SPDX-License-Identifier: Apache-2.0
/// A bound's name in ratios, gates and documents, such as `capacity-sum`. ``Bound/name`` says which names are allowed.
public struct BoundName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        rawValue = value
    }

    public var description: String { rawValue }
}

extension BoundName {
    /// The strongest of the bounds that are a form of Optimal TCP. It is not a bound itself, so no bound may have this
    /// name.
    package static let optimal: BoundName = "optimal"
}
