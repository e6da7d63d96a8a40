// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism
import Glibc

extension Request {
    private static func queueHeader(_ interface: Int32, handle: UInt32, parent: UInt32) -> tcmsg {
        tcmsg(
            tcm_family: UInt8(AF_UNSPEC), tcm__pad1: 0, tcm__pad2: 0, tcm_ifindex: interface, tcm_handle: handle,
            tcm_parent: parent, tcm_info: 0)
    }

    /// Puts an empty `fq` at the root of an interface, replacing what is there.
    ///
    /// The queue only delays: each packet leaves at the departure time that it carries. All packets are one flow, which
    /// keeps them in their order of arrival. There is no limit and no horizon, because the link in front of the queue
    /// decides what is dropped.
    ///
    /// - Parameter handle: major number, 1...65534; must differ from that of the qdisc it replaces.
    package static func replaceFairQueue(interface: Int32, handle: UInt32) -> Request {
        Request(
            "put the fq queueing discipline on interface \(interface)", type: Int(RTM_NEWQDISC),
            flags: NLM_F_CREATE | NLM_F_REPLACE,
            header: queueHeader(interface, handle: walkback_tc_handle(handle, 0), parent: walkback_tc_root()),
            feature: .fq
        ) { request in
            request.put(Int(TCA_KIND), text: "fq")
            request.nest(Int(TCA_OPTIONS)) {
                let options: [(Int, UInt32)] = [
                    (Int(TCA_FQ_PLIMIT), .max), (Int(TCA_FQ_FLOW_PLIMIT), .max),
                    // The upper bound of the quantum; with it, a flow's turn ends with its last packet.
                    (Int(TCA_FQ_QUANTUM), 1 << 20), (Int(TCA_FQ_INITIAL_QUANTUM), 1 << 20),
                    // Pacing by sockets is left to the end hosts.
                    (Int(TCA_FQ_RATE_ENABLE), 0),
                    // The horizon is 71 minutes, in microseconds.
                    (Int(TCA_FQ_HORIZON), .max),
                    (Int(TCA_FQ_TIMER_SLACK), 1),
                    // No bit of a packet's hash is used: this gives a single flow, and the smallest table for it.
                    (Int(TCA_FQ_ORPHAN_MASK), 0), (Int(TCA_FQ_BUCKETS_LOG), 1),
                ]
                for (attribute, value) in options { request.put(attribute, value) }
                // Every priority is put in one of the three bands, for the same reason.
                var bands = tc_prio_qopt()
                bands.bands = 3
                request.put(Int(WALKBACK_TCA_FQ_PRIOMAP), bands)
            }
        }
    }

    /// Adds the clsact queueing discipline, to which BPF programs attach, for both directions.
    package static func addClassifier(interface: Int32) -> Request {
        Request(
            "put the clsact queueing discipline on interface \(interface)", type: Int(RTM_NEWQDISC),
            flags: NLM_F_CREATE | NLM_F_EXCL,
            header: queueHeader(
                interface, handle: walkback_tc_handle(0xffff, 0), parent: walkback_tc_clsact()),
            feature: .clsact
        ) { $0.put(Int(TCA_KIND), text: "clsact") }
    }

    package static func deleteRootQueue(interface: Int32) -> Request {
        Request(
            "delete the queueing discipline of interface \(interface)", type: Int(RTM_DELQDISC),
            header: queueHeader(interface, handle: 0, parent: walkback_tc_root()))
    }

    /// Asks for the statistics of a queueing discipline; see `FairQueueStatistics`.
    package static func fairQueue(interface: Int32, handle: UInt32) -> Request {
        Request(
            "read the queue of interface \(interface)", type: Int(RTM_GETQDISC),
            // ECHO: only with it do kernels before 6.5 answer to the asker.
            flags: NLM_F_ECHO,
            header: queueHeader(interface, handle: walkback_tc_handle(handle, 0), parent: walkback_tc_root()))
    }
}
