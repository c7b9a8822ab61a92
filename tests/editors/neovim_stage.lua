-- What every play in Neovim has: its input, what it tells, waiting for a cause, and the end.
-- Input and output are JSON files, the first named by the environment; the output also tells how far it came.
local stage = {
  input = vim.json.decode(table.concat(vim.fn.readfile(vim.env.GREENLINE_SCENARIO), '\n')),
  told = { step = 'start', messages = {} },
}

function stage.wait_for(step, condition)
  stage.told.step = step
  if not vim.wait(stage.input.limit_ms, condition, 50) then
    stage.told.timed_out = true
    error('waited in vain: ' .. step)
  end
end

-- The signs as a person sees them: line -> highlight group.
function stage.signs()
  local found = {}
  local namespace = vim.api.nvim_get_namespaces()['greenline.signs']
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
    found[tostring(mark[2] + 1)] = mark[4].sign_hl_group
  end
  return found
end

function stage.buffer_text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

function stage.run(play)
  local ok, problem = xpcall(play, debug.traceback)
  if not ok then
    stage.told.problem = problem
  end
  local log = vim.lsp.log and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
  stage.told.log = vim.fn.filereadable(log) == 1 and vim.fn.readfile(log) or {}
  vim.fn.writefile({ vim.json.encode(stage.told) }, stage.input.output)
  vim.cmd('qall!')
end

return stage
