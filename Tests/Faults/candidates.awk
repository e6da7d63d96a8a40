# SPDX-License-Identifier: Apache-2.0
# Lists the small faults that could be put into source files (Swift, or C for BPF), one a line:
#
#   FILE <tab> LINE <tab> FIRST-COLUMN <tab> LENGTH <tab> REPLACEMENT <tab> KIND
#
# It knows no grammar: it replaces operators and constants, negates conditions and deletes statements where the form that
# `swift format` gives the sources shows where they are. What does not compile is drawn again. Comments and texts are
# left alone.

function candidate(column, length_, replacement, kind) {
    printf "%s\t%d\t%d\t%d\t%s\t%s\n", FILENAME, FNR, column, length_, replacement, kind
}

# The line with everything in quotes, and the comment at its end, replaced by as many '~'.
function masked(line,    result, i, c, inside, escaped) {
    result = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (!inside && substr(line, i, 2) == "//") { while (i++ <= length(line)) result = result "~"; break }
        if (c == "\"" && !escaped) { inside = !inside; result = result "~"; continue }
        escaped = inside && c == "\\" && !escaped
        result = result (inside ? "~" : c)
    }
    return result
}

# Every place where `from` stands is a candidate.
function swap(from, to, kind,    start, at) {
    start = 1
    while ((at = index(substr(code, start), from)) > 0) {
        candidate(start + at - 1, length(from), to, kind)
        start += at + length(from) - 1
    }
}

function numbers(    rest, at, before, after, text, plain) {
    rest = code
    at = 1
    while (match(rest, /[0-9][0-9_]*(\.[0-9]+)?/)) {
        before = substr(code, at + RSTART - 2, 1)
        after = substr(code, at + RSTART - 1 + RLENGTH, 1)
        text = substr(rest, RSTART, RLENGTH)
        plain = text
        gsub(/_/, "", plain)
        if (before !~ /[A-Za-z0-9_$.~]/ && after !~ /[A-Za-z0-9_]/)
            candidate(at + RSTART - 1, RLENGTH, plain ~ /\./ ? plain * 2 : sprintf("%d", plain + 1), "constant")
        at += RSTART + RLENGTH - 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}

FNR == 1 { inText = 0; pending = "" }

# A statement is deleted only if the next line does not go on with it.
pending != "" {
    next_ = $0
    sub(/^ +/, "", next_)
    if (next_ !~ /^([.+*\/?:&|<>=-]|else)/) print pending
    pending = ""
}

/"""/ { inText = !inText; next }
inText { next }
{
    code = masked($0)
    trimmed = code
    sub(/^ +/, "", trimmed)
    sub(/[ ~]+$/, "", trimmed)
}
trimmed == "" || trimmed ~ /^(\/\*|\*|#|@|import |case [A-Za-z, ]+$|func |struct |enum |extension )/ { next }
{
    swap(" < ", " <= ", "comparison"); swap(" <= ", " < ", "comparison")
    swap(" > ", " >= ", "comparison"); swap(" >= ", " > ", "comparison")
    swap(" == ", " != ", "comparison"); swap(" != ", " == ", "comparison")
    swap(" && ", " || ", "logic"); swap(" || ", " && ", "logic")
    swap(" + ", " - ", "arithmetic"); swap(" - ", " + ", "arithmetic")
    swap(" * ", " / ", "arithmetic"); swap(" / ", " * ", "arithmetic"); swap(" % ", " / ", "arithmetic")
    swap(" & ", " | ", "arithmetic"); swap(" | ", " & ", "arithmetic")
    swap(" << ", " >> ", "arithmetic"); swap(" >> ", " << ", "arithmetic")
    swap(" &+ ", " &- ", "arithmetic"); swap(" &- ", " &+ ", "arithmetic")
    swap(" += ", " -= ", "arithmetic"); swap(" -= ", " += ", "arithmetic"); swap(" |= ", " &= ", "arithmetic")
    swap("..<", "...", "range"); swap("...", "..<", "range")
    swap("true", "false", "constant"); swap("false", "true", "constant")
    swap("min(", "max(", "extreme"); swap("max(", "min(", "extreme")
    swap(".first", ".last", "extreme"); swap(".last", ".first", "extreme")
    swap("allSatisfy", "contains", "logic"); swap("dropFirst", "dropLast", "extreme")
    numbers()
}
# A condition of one line without a binding.
match(code, /(if|while|guard) [^{]*( else)? \{/) && code !~ /(let|var|case) / && code !~ /, / {
    start = RSTART + index(substr(code, RSTART), " ")
    end = RSTART + RLENGTH - 3 - (substr(code, RSTART, 5) == "guard" ? 5 : 0)
    if (end >= start) candidate(start, end - start + 1, "!(" substr($0, start, end - start + 1) ")", "negation")
}
# The same in C.
FILENAME ~ /\.c$/ && match(code, /if \([^()]*\)/) {
    candidate(RSTART + 4, RLENGTH - 5, "!(" substr($0, RSTART + 4, RLENGTH - 5) ")", "negation")
}
# A statement of one line: an assignment, a call, or a jump.
trimmed !~ /^(let|var|private|package|public|static|fileprivate|internal|return|if|guard|for|while|case|else|defer|do|\})/ &&
(trimmed ~ /^[A-Za-z_][A-Za-z0-9_.\[\]>-]* [-+|*\/&]?= .*[^{(\[,+*\/&|-]$/ || trimmed ~ /^(try )?[a-z_][A-Za-z0-9_.]*\(.*\);?$/ ||
    trimmed ~ /^(continue|break|return);?$/) {
    first = match(code, /[^ ]/)
    pending = sprintf("%s\t%d\t%d\t%d\t%s\t%s", FILENAME, FNR, first, length(trimmed), "", "deletion")
}
