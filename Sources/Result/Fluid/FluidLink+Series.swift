// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

extension FluidLink {
    /// Both directions; the uplink carries only acknowledgements.
    var series: [Series.Link] {
        let answers = arrivals.bins.map { $0 == 0 ? 0 : UInt32(Double($0) * Segment.acknowledgement) }
        return [
            Series.Link(
                path: path, direction: .down, arrived: arrivals.bins, lost: losses.bins, dropped: drops.bins, idle: idle
            ),
            Series.Link(
                path: path, direction: .up, arrived: answers, lost: zeros, dropped: zeros,
                idle: answers.map { $0 == 0 }),
        ]
    }
}
