-- Signs beside lines that no test reaches, and the file's coverage for the statusline. Optional: copy this file to
-- ~/.config/nvim/lua/greenline/signs.lua; lsp/greenline.lua finds it there. Neovim 0.10 and later.

local M = {
  -- Change these before the server starts. `covered = '▎'` shows what is covered, too.
  signs = { uncovered = '▎', partial = '▞', unknown = '┆', failing = '▎' },
}

local namespace = vim.api.nvim_create_namespace('greenline.signs')
local groups = {
  uncovered = { name = 'GreenlineUncovered', link = 'DiagnosticSignWarn' },
  partial = { name = 'GreenlinePartial', link = 'DiagnosticSignInfo' },
  unknown = { name = 'GreenlineUnknown', link = 'NonText' },
  covered = { name = 'GreenlineCovered', link = 'DiagnosticSignOk' },
  failing = { name = 'GreenlineFailing', link = 'DiagnosticSignError' },
}

-- Takes one `greenline/coverage` notification (docs/protocol.md).
function M.take(_, coverage)
  local buffer = vim.uri_to_bufnr(coverage.uri)
  if not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  vim.b[buffer].greenline = { state = coverage.state, gaps = coverage.gaps, summary = coverage.summary }
  -- Told of an older text: the signs have moved with the text, and a newer notification is under way.
  local version = vim.lsp.util.buf_versions and vim.lsp.util.buf_versions[buffer]
  if version == nil or coverage.version == vim.NIL or coverage.version == version then
    M.draw(buffer, coverage.lines)
  end
  vim.cmd.redrawstatus()
end

function M.draw(buffer, lines)
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  local last = vim.api.nvim_buf_line_count(buffer)
  for state, sign in pairs(M.signs) do
    vim.api.nvim_set_hl(0, groups[state].name, { link = groups[state].link, default = true })
    for _, run in ipairs(lines[state] or {}) do
      for line = run[1], math.min(run[2], last) do
        local name = groups[state].name
        -- A diagnostic's sign covers this one; the line number then still has the colour.
        local mark = { sign_text = sign, sign_hl_group = name, number_hl_group = name, priority = 5 }
        vim.api.nvim_buf_set_extmark(buffer, namespace, line - 1, 0, mark)
      end
    end
  end
end

-- For 'statusline': %{v:lua.require'greenline.signs'.statusline()}
function M.statusline()
  local known = vim.b.greenline
  local summary = known and known.summary
  if type(summary) ~= 'table' or summary.lines[2] == 0 then
    return ''
  end
  return ('%d %% · %d %s'):format(summary.percent, known.gaps, known.gaps == 1 and 'gap' or 'gaps')
end

return M
