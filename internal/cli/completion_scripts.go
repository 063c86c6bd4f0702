package cli

// completionScripts are what the shells need: they hand the words of the command
// line to vncsec itself, and complete file names their own way.
var completionScripts = map[string]string{
	"bash": `# bash completion for vncsec

_vncsec() {
    local line=$COMP_LINE word current joined reply i
    local -a words=()
    # bash cuts words at "=" and ":"; what no blank separates belongs together.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == 0)) || [[ $line == [[:blank:]]* ]]; then
            line=${line#"${line%%[![:blank:]]*}"}
            words+=("$word")
        else
            words[${#words[@]}-1]+=$word
        fi
        line=${line#"$word"}
    done
    current=${COMP_WORDS[COMP_CWORD]}
    [[ $current == [=:] ]] && current=
    joined=${words[${#words[@]}-1]}

    COMPREPLY=()
    reply=$("${COMP_WORDS[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null) || return
    case ${reply%%$'\n'*} in
    dirs) compopt -o dirnames ;;
    files) compopt -o default ;;
    words)
        while IFS= read -r word; do
            COMPREPLY+=("${word#"${joined%"$current"}"}")
        done < <(tail -n +2 <<<"$reply")
        ;;
    esac
}
complete -F _vncsec vncsec
`,
	"zsh": `#compdef vncsec

_vncsec() {
    local -a reply
    reply=("${(@f)$("${~words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    case $reply[1] in
    dirs)
        [[ $PREFIX == -*=* ]] && compset -P '*='
        _files -/
        ;;
    files)
        [[ $PREFIX == -*=* ]] && compset -P '*='
        _files
        ;;
    words) compadd -- "${(@)reply[2,-1]}" ;;
    esac
}

if [[ $funcstack[1] == _vncsec ]]; then
    _vncsec "$@"
else
    compdef _vncsec vncsec
fi
`,
	"fish": `# fish completion for vncsec

function __vncsec_complete
    set -l words (commandline --cut-at-cursor --tokenize --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    set -l reply (command $words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    set -l option (string match --regex -- '^-[^=]*=' $current)
    set -l value (string replace --regex -- '^-[^=]*=' '' $current)
    switch "$reply[1]"
        case dirs
            printf "$option%s\n" (__fish_complete_directories $value '')
        case files
            printf "$option%s\n" (__fish_complete_path $value '')
        case words
            printf '%s\n' $reply[2..-1]
    end
end

complete --command vncsec --no-files --arguments '(__vncsec_complete)'
`,
}
