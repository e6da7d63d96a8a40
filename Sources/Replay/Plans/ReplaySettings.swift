// SPDX-License-Identifier: Apache-2.0
/// A replay's settings, apart from its paths and its workload. Each value has a row in the table of settings.
package struct ReplaySettings: Sendable, Equatable {
    package struct Oracle: Sendable, Equatable {
        /// How long Optimal TCP stays with a path.
        package var window = Duration.seconds(10)
        /// How long built Optimal TCP is silent when it switches.
        package var switchingCost = Duration.zero

        package init() {}
    }

    package var mobility = Mobility()
    package var oracle = Oracle()
    package var transport = Transport()
    package var energy = EnergyPolicy()

    package init() {}
}
