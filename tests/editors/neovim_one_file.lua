-- Plays a person in Neovim who copied lsp/greenline.lua and nothing else: the code action on the first gap writes a test.
-- Input and output are JSON files named by the environment; the output also tells how far it came.
local input = vim.json.decode(table.concat(vim.fn.readfile(vim.env.GREENLINE_SCENARIO), '\n'))
local told = { step = 'start' }

local function wait_for(step, condition)
  told.step = step
  if not vim.wait(input.limit_ms, condition, 50) then
    error('waited in vain: ' .. step)
  end
end

local function play()
  assert(not pcall(require, 'greenline'), 'nothing else is installed')
  vim.cmd.edit(vim.fn.fnameescape(input.file))
  wait_for('diagnostics', function()
    return #vim.diagnostic.get(0) > 0
  end)
  local before = #vim.diagnostic.get(0)
  local function offered(action)
    return action.title == input.title
  end
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
    vim.lsp.buf.code_action({ apply = true, filter = offered })
  end
  wait_for('the test file', function()
    return vim.fn.filereadable(input.test_file) == 1
  end)
  wait_for('fewer gaps', function()
    return #vim.diagnostic.get(0) < before
  end)
  told.step = 'done'
end

local ok, problem = xpcall(play, debug.traceback)
if not ok then
  told.problem = problem
end
vim.fn.writefile({ vim.json.encode(told) }, input.output)
vim.cmd('qall!')
