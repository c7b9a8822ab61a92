-- What every play in Neovim has: its input, what it tells, starting the server, what a person does, waiting for a cause, the end.
-- Input and output are JSON files, the first named by the environment; the output also tells how far it came.
local stage = {
  input = vim.json.decode(table.concat(vim.fn.readfile(vim.env.GREENLINE_SCENARIO), '\n')),
  told = { step = 'start', messages = {}, asked = {}, titles = {} },
}
local input, told = stage.input, stage.told

local shown = vim.lsp.handlers['window/showMessage']
vim.lsp.handlers['window/showMessage'] = function(err, params, ctx)
  table.insert(told.messages, params.message)
  return shown(err, params, ctx)
end

function stage.wait_for(step, condition)
  told.step = step
  if not vim.wait(input.limit_ms, condition, 50) then
    told.timed_out, told.seen = true, stage.buffer_text()
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

function stage.statusline()
  return require('greenline.statusline').text()
end

function stage.buffer_text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

-- The page of :checkhealth; where the server was too busy to answer, once more, as the page advises.
function stage.health()
  local page
  stage.wait_for('the server answers :checkhealth', function()
    vim.cmd('checkhealth greenline')
    page = { text = stage.buffer_text(), name = vim.api.nvim_buf_get_name(0) }
    vim.cmd('silent! close')
    return page.text:find('coverage data') ~= nil
  end)
  return page
end

-- Whether a message with this pattern was shown.
function stage.said(pattern)
  return vim.iter(told.messages):any(function(message)
    return message:find(pattern) ~= nil
  end)
end

-- Has each question answered: `answer` is the number of what is chosen, or the title of a button.
function stage.answer_with(answer)
  vim.fn.confirm = function(message)
    table.insert(told.asked, message)
    return answer.number
  end
  vim.lsp.handlers['window/showMessageRequest'] = function(_, params)
    table.insert(told.asked, params.message)
    return { title = answer.title }
  end
end

-- Opens a file with the whole plugin and these settings, and returns the client when it is attached.
function stage.start(file, settings)
  local folder = vim.fs.dirname(vim.fs.dirname(input.config))
  vim.opt.runtimepath:prepend(folder)
  vim.cmd.source(folder .. '/plugin/greenline.lua')
  local own = vim.tbl_extend('force', { interpreter = input.interpreter }, settings or {})
  require('greenline').setup({ cmd = input.command, settings = own })
  return stage.open(file)
end

-- Opens a file, and returns the client when it is attached.
function stage.open(file)
  vim.cmd.edit(vim.fn.fnameescape(file))
  local function clients()
    return vim.lsp.get_clients({ bufnr = 0, name = 'greenline' })
  end
  stage.wait_for('the server attaches', function()
    return #clients() > 0
  end)
  return clients()[1]
end

-- Takes the code action with this pattern in its title, where the cursor is.
function stage.take_action(pattern)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      table.insert(told.titles, action.title)
      return action.title:find(pattern) ~= nil
    end,
  })
end

-- Takes down each step of what is under way.
function stage.follow_progress()
  told.progress = {}
  vim.api.nvim_create_autocmd('LspProgress', {
    callback = function(event)
      local value = event.data.params.value
      local step = { kind = value.kind, title = value.title, message = value.message, statusline = stage.statusline() }
      table.insert(told.progress, step)
    end,
  })
end

function stage.run(play)
  local ok, problem = xpcall(play, debug.traceback)
  if not ok then
    told.problem = problem
  end
  local log = vim.lsp.log and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
  told.log = vim.fn.filereadable(log) == 1 and vim.fn.readfile(log) or {}
  vim.fn.writefile({ vim.json.encode(told) }, input.output)
  vim.cmd('qall!')
end

return stage
