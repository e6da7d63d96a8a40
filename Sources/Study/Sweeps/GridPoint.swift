// SPDX-License-Identifier: Apache-2.0
/// Where a cell stands in a grid, whose first dimension varies slowest.
enum GridPoint {
    /// Of each dimension, the place of its value.
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
