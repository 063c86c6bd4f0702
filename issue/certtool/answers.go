package certtool

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// add puts an answer in the template. One that the template does not take ends the
// asking at once.
func (q *questions) add(option, value string) {
	if q.err == nil {
		q.answers.Add(option, value)
		_, q.err = q.answers.Certtool(q.purpose, q.tool.env.Now())
	}
}

// text asks for the value of an option; an empty one is none.
func (q *questions) text(option, question string) bool {
	answer := q.line(question)
	if answer == "" {
		return false
	}
	q.add(option, answer)
	return true
}

// repeated asks for values of an option until an empty one comes.
func (q *questions) repeated(option, first, further string) {
	for question := first; q.text(option, question); question = further {
	}
}

// needed asks for the value of an option until there is one.
func (q *questions) needed(option, question string) {
	for !q.text(option, question) {
		if q.endless() {
			return
		}
	}
}

// flag asks whether an option is set; a bare return means no.
func (q *questions) flag(option, question string) bool {
	return q.choose(option, question, false)
}

// yesFlag is flag where a bare return means yes.
func (q *questions) yesFlag(option, question string) bool {
	return q.choose(option, question, true)
}

func (q *questions) choose(option, question string, preset bool) bool {
	set := q.yes(question, preset)
	if set {
		q.add(option, "")
	}
	return set
}

// yes asks a question until the answer begins with y or n; a bare return and the end of
// the input stand for the preset.
func (q *questions) yes(question string, preset bool) bool {
	for {
		answer := q.line(question)
		switch {
		case q.err != nil:
			return false
		case answer == "":
			return preset
		case strings.ContainsAny(answer[:1], "yY"):
			return true
		case strings.ContainsAny(answer[:1], "nN"):
			return false
		}
	}
}

// number asks for a number. A bare return stands for the preset; what is no number is
// reported and 0.
func (q *questions) number(question string, preset int64) int64 {
	answer := q.line(question)
	switch {
	case q.err != nil:
		return 0
	case answer == "":
		if preset == 0 {
			q.endless()
		}
		return preset
	}
	n, err := strconv.ParseInt(strings.TrimSpace(answer), 0, 64)
	if err != nil {
		q.note("Not a number: `%s'\n", printable(answer))
	}
	return n
}

// endless ends the asking if the input has ended: the same question would come again
// for ever.
func (q *questions) endless() bool {
	if q.err == nil && q.tool.inputEnded {
		q.err = errors.New("standard input ended before the questions were answered: nothing was written (use --template to answer them in a file)")
	}
	return q.err != nil
}

// note prints something that is no question.
func (q *questions) note(format string, args ...any) {
	if q.err == nil {
		q.tool.logf(format, args...)
	}
}

// maxAnswer bounds the answer to a question, in bytes, as in certtool.
const maxAnswer = 511

// line asks for a line. The end of the input is an empty answer.
func (q *questions) line(question string) string {
	if q.err != nil {
		return ""
	}
	var answer string
	if p := q.tool.env.Prompter; p != nil && p.Interactive() {
		answer, q.err = p.Line(q.ctx, question)
	} else {
		q.tool.logf("%s", question)
		answer, q.err = q.tool.readLine()
	}
	switch {
	case errors.Is(q.err, io.EOF):
		q.err, q.tool.inputEnded = nil, true
	case len(answer) > maxAnswer:
		q.err = says("Too long line to parse in interactive mode; please use templates.")
	}
	if q.err == nil {
		q.err = q.ctx.Err()
	}
	return answer
}

// readLine reads a line of standard input without its end, at most as much as the
// buffer of the input holds. At the end of the input the error is io.EOF.
func (t *tool) readLine() (string, error) {
	line, err := t.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		err = says("Too long line to parse in interactive mode; please use templates.")
	case err == io.EOF && len(line) > 0:
		err = nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), err
}
