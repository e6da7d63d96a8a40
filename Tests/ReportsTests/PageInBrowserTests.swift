// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import Reports
import Testing

/// The page as a reader sees it: in a browser, from a file, on a phone and on a desktop. Screenshots go to
/// `$WALKBACK_SCREENSHOTS` if that is set.
@Suite(
    "The page in a browser",
    .enabled(if: Chromium.path != nil && getenv("WALKBACK_KERNEL_TIER") == nil, Chromium.whyNot), .serialized)
struct PageInBrowserTests {
    private static let result = Fixture.result(.init(seconds: 200, seeds: [1, 2, 3], rich: true))

    /// Writes the page into a directory of its own and returns its path.
    private func page(_ html: String) throws -> String {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/walkback-page-XXXXXX".utf8CString)
        #expect(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/report.html"
        try write(Array(html.utf8), to: path)
        return path
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
    }

    private func remove(_ page: String) {
        unlink(page)
        rmdir(String(page.dropLast("/report.html".count)))
    }

    private func keep(_ picture: [UInt8], _ name: String) throws {
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        guard let directory = getenv("WALKBACK_SCREENSHOTS").map({ String(cString: $0) }) else { return }
        try write(picture, to: "\(directory)/\(name).png")
    }

    private func text(_ value: JSON) throws -> String {
        guard case .string(let text) = value else { throw Fault(.failed, "the page has \(value) for a text") }
        return text
    }

    private func number(_ value: JSON) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: .nan
        }
    }

    @Test(
        "loads without a complaint and asks for nothing, at any width, and is not wider than the window",
        arguments: [390, 768, 1280])
    func loads(width: Int) throws {
        let page = try page(HTMLReport.text(of: Self.result))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: width, height: 900)
        #expect(browser.complaints == [])
        #expect(try browser.evaluate("document.querySelectorAll('svg.live').length") == .integer(4))
        let wide = number(try browser.evaluate("document.documentElement.scrollWidth"))
        #expect(wide <= Double(width), "\(wide)")
        #expect(
            try browser.evaluate("[...document.querySelectorAll('.still')].every((one) => one.offsetHeight === 0)")
                == .bool(true))
        try keep(try browser.screenshot(), "report-\(width)")
        // The time from the request to when all scripts had run.
        let ready = number(
            try browser.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        #expect(ready < 5000, "\(ready) ms")
        let dark = [
            "features": JSON.array([.object(["name": .string("prefers-color-scheme"), "value": .string("dark")])])
        ]
        try browser.call("Emulation.setEmulatedMedia", dark)
        try keep(try browser.screenshot(whole: false), "report-\(width)-dark")
    }

    /// The policy allows the page's own script by its hash, and no other, however it came into the page.
    @Test("runs no script but its own")
    func foreignScript() throws {
        let attack = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
        let html = HTMLReport.text(of: Self.result)
        let page = try page(html.replacing("<main>", with: "<main>" + attack))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 1280, height: 900)
        #expect(try text(try browser.evaluate("document.title")) != "owned")
        #expect(try browser.evaluate("document.querySelectorAll('svg.live').length") == .integer(4))
        #expect(browser.complaints.contains { $0.contains("Content Security Policy") })
    }

    @Test("shows the values under the cursor, for the mouse and for the keyboard")
    func readOut() throws {
        let page = try page(HTMLReport.text(of: Self.result))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 1280, height: 900)
        let read = "document.querySelector('.read').textContent"
        let idle = try browser.evaluate(read)
        let place = "document.querySelector('svg.live').getBoundingClientRect()"
        let x = number(try browser.evaluate("\(place).left + 300"))
        let y = number(try browser.evaluate("\(place).top + 60"))
        try browser.mouse("mouseMoved", x: x, y: y)
        let told = try text(try browser.evaluate(read))
        #expect(JSON.string(told) != idle)
        for word in ["MPTCP ", " Mb/s, ", " MB", "wifi offers ", "Optimal TCP on "] {
            #expect(told.contains(word), "\(told)")
        }
        try keep(try browser.screenshot(whole: false), "report-read-out")
        try browser.mouse("mouseMoved", x: 2, y: 2)
        #expect(try browser.evaluate(read) == idle)
        _ = try browser.evaluate("document.querySelector('svg.live').focus()")
        try browser.press("ArrowRight")
        let first = try text(try browser.evaluate(read))
        #expect(first.contains("MPTCP "))
        try browser.press("ArrowRight")
        #expect(try browser.evaluate(read) != .string(first))
        #expect(try browser.evaluate("document.querySelector('.read').getAttribute('aria-live')") == .string("polite"))
        #expect(browser.complaints == [])
    }

    @Test("switches series, zooms with mouse, keys and buttons, and shows all again")
    func togglesAndZoom() throws {
        let page = try page(HTMLReport.text(of: Self.result))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 1280, height: 900)
        let curves = "document.querySelector('svg.live').querySelectorAll('path.curve').length"
        let before = number(try browser.evaluate(curves))
        let toggle =
            "[...document.querySelectorAll('.legend button')].find((one) => one.textContent === 'mptcp-energy')"
        #expect(try browser.evaluate("\(toggle).getAttribute('aria-pressed')") == .string("false"))
        _ = try browser.evaluate("\(toggle).click()")
        #expect(number(try browser.evaluate(curves)) == before + 1)
        #expect(try browser.evaluate("\(toggle).getAttribute('aria-pressed')") == .string("true"))
        _ = try browser.evaluate("\(toggle).click()")
        #expect(number(try browser.evaluate(curves)) == before)

        let range = "document.querySelector('.range').textContent"
        let all = try browser.evaluate(range)
        let place = "document.querySelector('svg.live').getBoundingClientRect()"
        let x = number(try browser.evaluate("\(place).left + 200"))
        let y = number(try browser.evaluate("\(place).top + 60"))
        try browser.mouse("mouseMoved", x: x, y: y)
        try browser.mouse("mousePressed", x: x, y: y, button: "left")
        try browser.mouse("mouseMoved", x: x + 250, y: y, button: "left")
        try browser.mouse("mouseReleased", x: x + 250, y: y, button: "left")
        #expect(try browser.evaluate(range) != all)
        try keep(try browser.screenshot(whole: false), "report-zoomed")
        _ = try browser.evaluate("document.querySelector('svg.live').focus()")
        try browser.press("0", text: "0")
        #expect(try browser.evaluate(range) == all)
        try browser.press("+", text: "+")
        #expect(try browser.evaluate(range) != all)
        _ = try browser.evaluate("document.querySelector('[aria-label=\"The whole walk\"]').click()")
        #expect(try browser.evaluate(range) == all)
        #expect(browser.complaints == [])
    }

    @Test("can be walked through by the keyboard alone, and every picture and control has a name")
    func accessibility() throws {
        let page = try page(HTMLReport.text(of: Self.result))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 1280, height: 900)
        var reached: [String] = []
        for _ in 0..<14 {
            try browser.press("Tab")
            reached.append(
                try text(
                    try browser.evaluate(
                        "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent)"
                            + ".trim().slice(0, 60)")))
        }
        #expect(reached.starts(with: ["Zoom in", "Zoom out", "Earlier", "Later", "The whole walk", "Optimal TCP"]))
        let unnamed = """
            [...document.querySelectorAll('svg[role], button, select, .scroll')].filter((one) =>
              !(one.getAttribute('aria-label') || one.textContent.trim() || one.closest('label'))).length
            """
        #expect(try browser.evaluate(unnamed) == .integer(0))
        // WCAG 2 asks for 4.5 to 1 between text and its background, in either scheme.
        for scheme in ["light", "dark"] {
            try browser.call(
                "Emulation.setEmulatedMedia",
                ["features": .array([.object(["name": .string("prefers-color-scheme"), "value": .string(scheme)])])])
            let weakest = number(try browser.evaluate(Self.weakestContrast))
            #expect(weakest >= 4.5, "\(scheme): \(weakest) to 1")
        }
    }

    private static let weakestContrast = """
        (() => {
          const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const light = (colour) => {
            const [r, g, b] = parts(colour).slice(0, 3).map((value) => {
              const part = value / 255;
              return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = (one) => {
            for (let at = one; at; at = at.parentElement) {
              const colour = getComputedStyle(at).backgroundColor;
              if ((parts(colour)[3] ?? 1) > 0) return colour;
            }
            return 'rgb(255, 255, 255)';
          };
          let weakest = 21;
          for (const one of document.querySelectorAll('p, td, th, dt, dd, button, summary, code, figcaption, h1, h2, \
          svg text')) {
            if (!one.textContent.trim() || !one.getClientRects().length) continue;
            const ink = getComputedStyle(one)[one.tagName === 'text' ? 'fill' : 'color'];
            const [a, b] = [light(ink), light(behind(one))].sort((x, y) => y - x);
            weakest = Math.min(weakest, (a + 0.05) / (b + 0.05));
          }
          return weakest;
        })()
        """

    @Test("says on a phone that a table continues, and prints the static figures")
    func phoneAndPrint() throws {
        let page = try page(HTMLReport.text(of: Self.result))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 390, height: 844)
        let hints = "[...document.querySelectorAll('.more-hint')].filter((one) => one.offsetHeight > 0).length"
        #expect(number(try browser.evaluate(hints)) > 0)
        try browser.call("Emulation.setEmulatedMedia", ["media": .string("print")])
        #expect(try browser.evaluate("document.querySelector('svg.live').getClientRects().length") == .integer(0))
        #expect(number(try browser.evaluate("document.querySelector('.still').offsetHeight")) > 300)
    }

    @Test("of several walks sorts its table by any column")
    func sorts() throws {
        let page = try page(WalksReport.html(of: WalksTests.walks([1.113, 1.21, 0.98, nil])))
        defer { remove(page) }
        let browser = try Chromium()
        try browser.open(page, width: 1280, height: 900)
        let rows =
            "[...document.querySelector('table.sortable').tBodies[0].rows].map((row) => "
            + "row.cells[0].textContent).join()"
        let button = "[...document.querySelectorAll('.sort')].find((one) => one.textContent === 'mptcp/optimal')"
        _ = try browser.evaluate("\(button).click()")
        #expect(try browser.evaluate(rows) == .string("walk-3,walk-1,walk-2,walk-4,mean of the walks"))
        _ = try browser.evaluate("\(button).click()")
        #expect(try browser.evaluate(rows) == .string("walk-2,walk-1,walk-3,walk-4,mean of the walks"))
        #expect(browser.complaints == [])
        try keep(try browser.screenshot(), "walks-1280")
    }
}
