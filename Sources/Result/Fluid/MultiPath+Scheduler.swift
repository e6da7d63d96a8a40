// SPDX-License-Identifier: Apache-2.0
/// What the application writes, and which subflow gets it, as in upstream's default scheduler.
extension MultiPath {
    /// LIA's increase for each acknowledged byte and segment: alpha divided by the sum of the windows, RFC 6356 section
    /// 3.
    var coupled: Double {
        guard control == .lia else { return 0 }
        var (best, sum) = (0.0, 0.0)
        for path in subflows.indices where subflows[path].isOpen {
            let window = subflows[path].sender.window.size
            let time = subflows[path].sender.timer.smoothed
            best = max(best, window / (time * time))
            sum += window / time
        }
        return sum > 0 ? best / (sum * sum) : 0
    }

    /// The application fills the send buffer; once the buffer is full, the application waits until a third of it is
    /// free.
    mutating func write() {
        guard isEstablished else { return }
        var size = 0.0
        for path in subflows.indices where subflows[path].isOpen { size += subflows[path].buffer(limit) }
        // The connection's own data is charged by the byte, the subflows' buffers are charged by the segment.
        size *= Segment.charge / Segment.mptcpPayload
        let used = map.outstanding + pending
        if isBlocked, used > size * 2 / 3 { return }
        isBlocked = true
        pending += max(0, size - used)
    }

    /// The subflow that would first finish sending the data that it holds.
    func next() -> Int? {
        var best: (path: Int, linger: Double)?
        for path in subflows.indices where subflows[path].isOpen {
            let linger = subflows[path].linger
            if linger < best?.linger ?? .infinity { best = (path, linger) }
        }
        return best?.path
    }

    mutating func schedule() {
        while pending > 1, let path = next(), subflows[path].queued < subflows[path].buffer(limit) {
            let burst = min(Self.burst, pending)
            subflows[path].choose(burst: burst)
            subflows[path].give(burst)
            pending -= burst
            map.append(burst, over: path, end: subflows[path].given)
        }
    }

    /// Sends the oldest outstanding data over an idle subflow too, once nothing has arrived in order for a timeout
    /// (`__mptcp_retrans`).
    mutating func rescue(_ bin: Int) {
        guard bin - progress > 10 else { return }
        var longest = 0.0
        for path in subflows.indices where subflows[path].isOpen && subflows[path].queued > 1 {
            longest = max(longest, subflows[path].sender.timer.timeout)
        }
        guard Double(bin - progress) * FluidLink.step > longest,
            let idle = subflows.indices.first(where: { subflows[$0].isOpen && subflows[$0].queued < 1 })
        else { return }
        progress = bin
        subflows[idle].give(map.reinjectFirst(over: idle, start: subflows[idle].given, limit: Self.fragment))
    }
}
