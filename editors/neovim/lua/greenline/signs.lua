-- Signs beside lines that no test reaches. Neovim 0.10 and later.

local M = {
  -- What stands beside a line, by its state. The shapes differ too, so that nobody has to tell colours apart.
  -- `covered = '│'` shows what is covered, as well.
  signs = { uncovered = '▎', partial = '▞', unknown = '┆', failing = '║' },
  enabled = true,
}

local namespace = vim.api.nvim_create_namespace('greenline.signs')
local groups = {
  uncovered = { name = 'GreenlineUncovered', link = 'DiagnosticSignWarn' },
  partial = { name = 'GreenlinePartial', link = 'DiagnosticSignInfo' },
  unknown = { name = 'GreenlineUnknown', link = 'NonText' },
  covered = { name = 'GreenlineCovered', link = 'DiagnosticSignOk' },
  failing = { name = 'GreenlineFailing', link = 'DiagnosticSignError' },
}
-- buffer -> the lines that were drawn last, for when signs are switched on again.
local known = {}

-- The signs to draw, by state; false: none.
function M.setup(signs)
  M.enabled = signs ~= false
  M.signs = signs and vim.tbl_extend('force', M.signs, signs) or M.signs
end

-- Takes one `greenline/coverage` notification (docs/protocol.md) for a loaded buffer.
function M.take(buffer, coverage)
  -- Told of an older text: the signs have moved with the text, and a newer notification is under way.
  local version = vim.lsp.util.buf_versions and vim.lsp.util.buf_versions[buffer]
  if version == nil or coverage.version == vim.NIL or coverage.version == version then
    known[buffer] = coverage.lines
    M.draw(buffer)
  end
end

function M.draw(buffer)
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  if not M.enabled then
    return
  end
  local last = vim.api.nvim_buf_line_count(buffer)
  for state, sign in pairs(M.signs) do
    local name = groups[state].name
    vim.api.nvim_set_hl(0, name, { link = groups[state].link, default = true })
    for _, run in ipairs(known[buffer][state] or {}) do
      for line = run[1], math.min(run[2], last) do
        -- A diagnostic's sign covers this one; the line number then still has the colour.
        local mark = { sign_text = sign, sign_hl_group = name, number_hl_group = name, priority = 5 }
        vim.api.nvim_buf_set_extmark(buffer, namespace, line - 1, 0, mark)
      end
    end
  end
end

-- Takes the signs of a buffer away, which its server has left: nobody keeps them true any more.
function M.forget(buffer)
  known[buffer] = nil
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
end

-- Shows signs, or no longer; without an argument, the other way round.
function M.toggle(on)
  M.enabled = on == nil and not M.enabled or on == true
  for buffer in pairs(known) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      M.draw(buffer)
    else
      known[buffer] = nil
    end
  end
end

return M
