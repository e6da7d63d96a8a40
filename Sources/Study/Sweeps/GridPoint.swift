// SPDX-License-Identifier: Apache-2.0
/// The position of a cell in a grid whose first dimension varies slowest.
enum GridPoint {
    /// For each dimension, the place of the cell's value.
    static func places(of index: Int, in counts: [Int]) -> [Int] {
        var rest = index
        var places = [Int](repeating: 0, count: counts.count)
        for dimension in counts.indices.reversed() {
            places[dimension] = rest % counts[dimension]
            rest /= counts[dimension]
        }
        return places
    }
}
