// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results

/// What the page says of itself: how it was measured, with which files, and what its words mean.
extension HTMLReport {
    @MarkupBuilder static func again(_ result: ComparisonResult) -> Markup {
        Element(.h2, "To repeat it")
        Element(.pre) { Element(.code, result.command) }
        Element(.p, class: "note") {
            """
            In the directory that holds the replay, with walkback \(result.environment.walkback) on the PATH; as it \
            was typed, and where, is in run.log. The replay and its traces have the SHA-256
            """
            " "
            Element(.code, result.replay.sha256)
            """
            . In virtual time the same replay, seeds and kernel give the same bytes of comparison.json, series.csv and \
            the figures on any machine.
            """
        }
    }

    /// The files next to the page, and how programs read them.
    @MarkupBuilder static func files(_ result: ComparisonResult) -> Markup {
        Element(.h2, "Files beside this page")
        table(ofFiles: result).html
        Element(.p, class: "note") {
            "To load one: "
            Element(.code, FigureFiles.python("figure1"))
            " in Python, "
            Element(.code, FigureFiles.r("figure1"))
            " in R."
        }
    }

    private static func table(ofFiles result: ComparisonResult) -> HTMLTable {
        var table = HTMLTable("Files", headers: ["file", "what it holds"], textColumns: [1], isFacts: true)
        table.add("comparison.json", "every number of this page, for programs")
        table.add("series.csv", "every run, in steps of 100 ms")
        table.add("links.csv", "what each link offered over the walk")
        table.add("delays.csv", "every run's round-trip times and queues")
        for file in FigureFiles.all(of: result) {
            table.add("\(file.name).svg, \(file.name).csv", file.what)
        }
        table.add("junit.xml, summary.md", "the gates for CI systems, and a comment for a pull request")
        return table
    }

    @MarkupBuilder static func method(_ result: ComparisonResult) -> Markup {
        let window = result.oracles.first.map { "\($0.window.seconds.text()) s" } ?? "oracle window"
        Element(.h2, "How it was measured")
        Element(.p) {
            """
            Each run is one real connection of the Linux kernel named above, between a server and a mobile host, over \
            links that follow the walk's recorded capacity, delay and attachment packet by packet. Every delivered \
            byte is compared with the byte that was sent. Time counts from the first SYN. MB are 10
            """
            Element(.sup, "6")
            " in-order application bytes."
        }
        Element(
            .p,
            """
            Optimal TCP is spliced from measured TCP runs, one over each path alone: in every \(window) it takes the \
            bytes of the path that delivered more, and pays nothing for knowing or switching. Windows are shifted by \
            whole seconds and averaged. Each path is carried by one TCP for the whole run, the stalled or the \
            reconnecting one, whichever makes Optimal TCP strongest.
            """)
        Element(
            .p,
            """
            Built Optimal TCP is one more real connection: it has a home address, and at the beginning of every window \
            both ends of it move to the path whose trace carries most in that window. The headline is against \
            whichever of the two, spliced or built, delivered more.
            """)
        Element(
            .p,
            """
            A seed draws the kernel's random numbers, the payload, where in its first second the walk is entered, and \
            up to 1 ms of extra delay. Ratios are taken within a seed, then averaged; intervals are Student's t, \
            95 %, whatever the number of seeds.
            """)
    }

    @MarkupBuilder static var glossary: Markup {
        Element(.h2, "Words")
        Element(.dl) {
            for (word, meaning) in words {
                Element(.dt, word)
                Element(.dd, meaning)
            }
        }
    }

    private static let words: [(String, String)] = [
        (
            "Longest gap",
            """
            The longest time without a new byte for the application in a run, the waits for the first byte and after \
            the last one included: its mean and its maximum over the seeds.
            """
        ),
        (
            "Stalled, reconnecting",
            """
            A TCP left to the kernel sits out an outage and then its own backoff; one that reconnects resumes on a new \
            connection as soon as the path is back.
            """
        ), ("Seed", "One of the many ways in which the same walk could have gone: see above."),
        ("Interval", "Where the mean lies with 95 % confidence; cut at zero for what cannot be negative."),
        ("Hand-off", "A path comes, goes, or gets another address while the connection goes on."),
        (
            "Capacity",
            """
            What the links would have carried had they never been idle, counted in full-size segments (1448 bytes of \
            every 1500). It bounds the walk, not a protocol.
            """
        ),
        (
            "Backlogged window",
            """
            A time during which the link always had something to send, so that what arrived must equal what the trace \
            says.
            """
        ), ("Attached", "The path's address can be used. A link may be attached and still carry nothing."),
    ]
}
