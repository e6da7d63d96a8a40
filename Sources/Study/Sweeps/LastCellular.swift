// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Synthesis
import Traces

/// The 3G of the last walk, kept because cells that differ only in their WiFi share it.
final class LastCellular: Sendable {
    private let last = Mutex<(parameters: OutdoorParameters, trace: PathTrace)?>(nil)

    func trace(_ parameters: OutdoorParameters) -> PathTrace {
        if let last = last.withLock({ $0 }), last.parameters.hasCellular(of: parameters) { return last.trace }
        let trace = OutdoorWalk.cellular(parameters)
        last.withLock { $0 = (parameters, trace) }
        return trace
    }
}
